import { newId } from '@visapi/backend-kernel';
import { Database, SharedStatement } from '@visapi/backend-repositories';
import type { Evidence } from '@visapi/backend-repositories/effects';
import {
  type AcceptedMessage,
  type AskedMessage,
  type MarkedMessage,
  type MessageClaim,
  MessagesRepository,
} from '@visapi/backend-repositories/messaging';
import { persistently } from './persistently.js';

/** The steps that every message takes on its way out. Jobs that take one at the same time share its statement. */
export class MessageJournal {
  private readonly claims: SharedStatement<AskedMessage, MessageClaim | undefined>;
  private readonly marks: SharedStatement<AcceptedMessage, MarkedMessage | undefined>;

  /** Asked for together with others in vain: the claim may stand all the same. */
  private readonly doubtful = new WeakSet<AskedMessage>();

  /** @param staleAfterSeconds age of an order from which its confirmation is not sent by itself */
  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    staleAfterSeconds: number,
  ) {
    const { db } = database;
    this.claims = new SharedStatement<AskedMessage, MessageClaim | undefined>({
      key: ({ effectId }) => effectId,
      alone: (asked) => this.claimAlone(asked, staleAfterSeconds),
      together: (asked) => this.claimTogether(asked, staleAfterSeconds),
    });
    this.marks = new SharedStatement<AcceptedMessage, MarkedMessage | undefined>({
      key: ({ claim }) => claim.effectId,
      alone: ({ claim, evidence }) => messages.markAccepted(db, claim, evidence),
      together: async (accepted) =>
        new Map((await messages.markAcceptedTogether(db, accepted)).map((marked) => [marked.id, marked])),
    });
  }

  /**
   * Claims as the repository does. When the database's answer is lost, the claim may stand although nobody holds it; left
   * alone it would end as a message of unknown outcome, and we know that nothing was sent.
   */
  async claim(effectId: string): Promise<MessageClaim | undefined> {
    const token = newId();
    try {
      return await this.claims.take({ effectId, token });
    } catch (error) {
      await persistently(() => this.messages.unclaim(this.database.db, effectId, token));
      throw error;
    }
  }

  /** The vendor took the message. @returns undefined when this attempt may no longer write */
  async markAccepted(claim: MessageClaim, evidence: Evidence): Promise<MarkedMessage | undefined> {
    return await this.marks.take({ claim, evidence });
  }

  /** A failure may come after the claims were made; who is told of it undoes his own, as do those that go on alone. */
  private async claimTogether(
    asked: readonly AskedMessage[],
    staleAfterSeconds: number,
  ): Promise<ReadonlyMap<string, MessageClaim>> {
    try {
      const claims = await this.messages.claimTogether(this.database.db, asked, staleAfterSeconds);
      return new Map(claims.map((claim) => [claim.effectId, claim]));
    } catch (error) {
      for (const one of asked) this.doubtful.add(one);
      throw error;
    }
  }

  private async claimAlone(
    asked: AskedMessage,
    staleAfterSeconds: number,
  ): Promise<MessageClaim | undefined> {
    const { db } = this.database;
    const { effectId, token } = asked;
    if (this.doubtful.has(asked)) await persistently(() => this.messages.unclaim(db, effectId, token));
    return await this.messages.claim(db, effectId, token, staleAfterSeconds);
  }
}
