import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { WhenLocked } from '../db/shared-statement.js';
import { isContactReady } from '../effects/contact-ready.js';
import { type Claim, leaseSeconds } from '../effects/effects.repository.js';
import { openColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';
import { isYoung } from './message-age.js';

/** A message that is to be claimed. */
export interface AskedMessage {
  readonly effectId: string;
  /** Made up by the caller; `unclaim` undoes the claim by it when the answer of this call is lost. */
  readonly token: string;
}

/** A claimed message, ready to be sent. */
export interface MessageClaim extends Claim {
  readonly orderId: string;
  readonly correlationId: string;
  /** Tries before this one that count against the job's policy. */
  readonly tries: number;
  readonly template: string;
  readonly language: string;
  readonly phone: string;
  readonly parameters: Buffer;
  /** JSON of the header's document; null = the template has none. */
  readonly document: Buffer | null;
}

/**
 * No change of the order waits that has been taken in and not yet been interpreted; it may withdraw consent. A scalar
 * subquery: an `exists` would be planned while the table is empty, as a join with all deliveries, and stay so.
 */
const hasNoOpenDelivery = sql<boolean>`(select true from deliveries d where d.order_id = e.order_id and d.kind = 'order'
  and d.state = 'open' limit 1) is null`;

/**
 * Claims those of these messages that may go out, as far as can be seen before the claim holds.
 * @returns those that are claimed
 */
export async function claimMessages(
  executor: Executor,
  asked: readonly AskedMessage[],
  staleAfterSeconds: number,
  whenLocked: WhenLocked,
): Promise<AskedMessage[]> {
  const skip = whenLocked === 'skip' ? sql`skip locked` : sql``;
  const claimed = await sql<AskedMessage>`
    with asked as materialized (
      select * from unnest(${asked.map(({ effectId }) => effectId)}::uuid[], ${asked.map(({ token }) => token)}::uuid[])
        as asked (effect_id, token)
    ), due as materialized (
      select e.id, asked.token from asked join effects e on e.id = any(array[asked.effect_id])
      where e.kind = 'message' and e.state = 'planned' and ${isYoung(staleAfterSeconds)}
        and ${hasNoOpenDelivery} and ${isContactReady}
      for no key update of e ${skip}
    )
    update effects e set state = 'claimed', attempt = e.attempt + 1, claimed_at = clock_timestamp(),
      claim_token = due.token, first_claimed_at = coalesce(e.first_claimed_at, clock_timestamp()),
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    -- Sorted, so that all are held before the first is written: whoever undoes a claim that is under way waits for its row.
    from (select * from due order by id) as due where e.id = due.id
    returning e.id as effect_id, e.claim_token as token`.execute(executor);
  return claimed.rows;
}

/** A claim that holds, and whether the message may go out now that nothing can change it any more. */
export type HeldMessage = MessageClaim & { readonly ready: boolean };

type StoredClaim = Omit<HeldMessage, 'parameters' | 'document'> & StoredColumns<'parameters' | 'document'>;

/**
 * What was claimed, as it stands. Read after the claims hold: one that waited for a change of its order would otherwise
 * see the phone and the text from before. One whose order changed after the claim is not ready: what is demanded by then
 * lies beside it, and takes effect when it is given back.
 */
export async function readClaims(executor: Executor, asked: readonly AskedMessage[]): Promise<HeldMessage[]> {
  const result = await sql<StoredClaim>`
    select e.id as effect_id, e.attempt, e.tries, e.order_id, e.correlation_id, m.template, m.language, m.phone,
      m.parameters, m.parameters_key_id, ${storedKey('m.parameters_key_id')} as parameters_key,
      m.document, m.document_key_id, ${storedKey('m.document_key_id')} as document_key,
      m.phone is not null and m.parameters is not null and m.next_state is null and ${hasNoOpenDelivery}
        and ${isContactReady} as ready
    from effects e join messages m on m.effect_id = e.id
    where e.id = any(${asked.map(({ effectId }) => effectId)}::uuid[])
      and e.claim_token = any(${asked.map(({ token }) => token)}::uuid[]) and e.state = 'claimed'`.execute(
    executor,
  );
  const vault = vaultOf(executor);
  return result.rows.map((stored) => {
    const row = openColumns(vault, 'messages', stored.effectId, stored, ['parameters', 'document']);
    // Words whose key is gone can be sent to nobody. Of what is not ready, nobody looks at the words.
    return { ...row, parameters: row.parameters as Buffer, ready: row.ready && row.parameters !== null };
  });
}
