import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { WhenLocked } from '../db/shared-statement.js';
import { type Claim, leaseSeconds } from '../effects/effects.repository.js';
import { newestOrderColumns, type NewestOrder } from './newest-order.js';

/** How the semantic key of an operator's resync ends: see `resyncKey`, and the two change together. */
const resyncPattern = ':resync:[0-9a-f-]{36}$';

/** A claimed contact effect with the newest order of its phone and what CBB has confirmed so far. */
export interface ContactClaim extends Claim {
  readonly orderId: string;
  readonly lane: string;
  readonly correlationId: string;
  /** Tries before this one that count against the job's policy. */
  readonly tries: number;
  /** Undefined when the phone has no order (any more) that owes a contact. */
  readonly newest: NewestOrder | undefined;
  readonly cbbContactId: string | null;
  /** What is to be held, in the words of `contacts.version`; an operator's resync is a version of its own. */
  readonly version: string;
  /** Fields that CBB confirmed for this version. */
  readonly confirmedFields: readonly string[];
  /** Fields that CBB confirmed for another version: of an older order, or of the order as it was. */
  readonly olderFields: readonly string[];
}

type ClaimedRow = NewestOrder &
  Claim & {
    orderId: string;
    lane: string;
    correlationId: string;
    tries: number;
    cbbContactId: string | null;
    isResync: boolean;
    heldVersion: string | null;
    heldFields: string[] | null;
  };

/** Nobody writes this contact at this moment, as far as can be seen. A scalar subquery is never planned as a join. */
const isLaneFree = sql`(select true from effects busy where busy.kind = 'contact' and busy.state = 'claimed'
  and busy.lane = e.lane limit 1) is null`;

/**
 * Claims those of these contact effects that are owed, one of a phone.
 * @throws on `effects_contact_lane_key` when somebody else has just claimed one of the same phone
 */
export async function claimContacts(
  executor: Executor,
  effectIds: readonly string[],
  whenLocked: WhenLocked,
): Promise<ContactClaim[]> {
  const [free, skip] = whenLocked === 'skip' ? [sql`and ${isLaneFree}`, sql`skip locked`] : [sql``, sql``];
  const result = await sql<ClaimedRow>`
    with owed as materialized (
      select e.id, e.lane from effects e
      where e.id = any(${[...effectIds]}::uuid[]) and e.kind = 'contact' and e.state = 'planned' ${free}
      for no key update ${skip}
    ), chosen as (
      select distinct on (lane) id from owed order by lane, id
    ), claimed as (
      update effects set state = 'claimed', attempt = attempt + 1, claimed_at = clock_timestamp(),
        first_claimed_at = coalesce(first_claimed_at, clock_timestamp()),
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from chosen where effects.id = chosen.id
      returning effects.id, attempt, tries, order_id, lane, correlation_id, semantic_key
    )
    select claimed.id as effect_id, claimed.attempt, claimed.tries, claimed.order_id, claimed.lane, claimed.correlation_id,
      claimed.semantic_key ~ ${resyncPattern} as is_resync, newest.*, k.cbb_contact_id,
      k.version as held_version, k.confirmed_fields as held_fields
    from claimed
    left join lateral (
      select ${newestOrderColumns}
      from orders where client_phone = claimed.lane and branch = 'il'
      -- An expression, so that only the index on the phone fits.
      order by delivery_position + 0 desc limit 1
    ) newest on true
    left join contacts k on k.phone = claimed.lane`.execute(executor);
  return result.rows.map(toClaim);
}

function toClaim({ isResync, heldVersion, heldFields, ...row }: ClaimedRow): ContactClaim {
  const newest = row.newestOrderId === null ? undefined : row;
  // What was confirmed before an operator asked for everything again does not count, what this resync confirmed does.
  const version = `${row.newestOrderId}@${row.contentVersion}${isResync ? `+${row.effectId}` : ''}`;
  const held = heldFields ?? [];
  const sameVersion = newest !== undefined && heldVersion === version;
  const [confirmedFields, olderFields] = sameVersion ? [held, []] : [[], held];
  return { ...row, newest, version, confirmedFields, olderFields };
}
