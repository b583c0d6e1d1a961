import { Database, SharedStatement } from '@visapi/backend-repositories';
import {
  type ContactClaim,
  ContactsRepository,
  type SyncedContact,
} from '@visapi/backend-repositories/contacts';

type Claimed = ContactClaim | 'busy' | undefined;
type Progress = Parameters<ContactsRepository['recordProgress']>[2];

/** The steps of a contact's way into the CRM. Jobs that take one at the same time share its statement. */
export class ContactJournal {
  private readonly claims: SharedStatement<string, Claimed>;
  private readonly marks: SharedStatement<SyncedContact, boolean>;

  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsRepository,
  ) {
    const { db } = database;
    this.claims = new SharedStatement<string, Claimed>({
      key: (effectId) => effectId,
      alone: (effectId) => contacts.claim(db, effectId),
      together: async (effectIds) =>
        new Map((await contacts.claimTogether(db, effectIds)).map((claim) => [claim.effectId, claim])),
    });
    this.marks = new SharedStatement<SyncedContact, boolean>({
      key: ({ claim }) => claim.effectId,
      alone: (synced) => contacts.markSynced(db, synced),
      together: async (synced) =>
        new Map((await contacts.markSyncedTogether(db, synced)).map((effectId) => [effectId, true])),
    });
  }

  /** As the repository claims. */
  async claim(effectId: string): Promise<Claimed> {
    return await this.claims.take(effectId);
  }

  async recordProgress(claim: ContactClaim, progress: Progress): Promise<void> {
    await this.contacts.recordProgress(this.database.db, claim, progress);
  }

  /** @returns false when the claim was lost meanwhile */
  async markSynced(synced: SyncedContact): Promise<boolean> {
    return await this.marks.take(synced);
  }
}
