import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { recordsOf } from '../db/records.js';
import type { WhenLocked } from '../db/shared-statement.js';
import type { Claim, Evidence } from '../effects/effects.repository.js';

/** What a claimed contact holds by now. */
export interface SyncedContact {
  readonly claim: Claim;
  readonly phone: string;
  readonly version: string;
  readonly cbbContactId: string;
  readonly fields: readonly string[];
  readonly evidence: Evidence;
}

/**
 * The contacts hold the newest values: effects accepted, orders flagged, facts appended; one effect of an order.
 * @returns ids of the effects whose claims still held
 */
export async function markContactsSynced(
  executor: Executor,
  synced: readonly SyncedContact[],
  whenLocked: WhenLocked,
): Promise<string[]> {
  const given = recordsOf(
    synced.map(({ claim: { effectId, attempt }, ...contact }) => ({ effectId, attempt, ...contact })),
  );
  const skip = whenLocked === 'skip' ? sql`skip locked` : sql``;
  const result = await sql<{ id: string }>`
    with given as materialized (
      select * from jsonb_to_recordset(${given}::jsonb) as given (effect_id uuid, attempt int, phone text, version text,
        cbb_contact_id text, fields text[], evidence jsonb)
    ), locked as materialized (
      select e.id, e.order_id from given join effects e on e.id = any(array[given.effect_id]) and e.attempt = given.attempt
        join orders o on o.order_id = any(array[e.order_id])
      where e.state = 'claimed'
      for no key update of e, o ${skip}
    ), chosen as (
      select distinct on (locked.order_id) given.* from locked join given on given.effect_id = locked.id
      order by locked.order_id, locked.id
    ), done as (
      update effects e set state = 'accepted', accepted_at = clock_timestamp(), lease_until = null, reason = null,
        evidence = e.evidence || chosen.evidence
      from chosen where e.id = chosen.effect_id
      returning e.id, e.order_id, e.correlation_id, chosen.phone, chosen.cbb_contact_id, chosen.version, chosen.fields
    ), held as (
      insert into contacts (phone, cbb_contact_id, version, confirmed_fields, synced_at)
      select phone, cbb_contact_id, version, fields, now() from done
      on conflict (phone) do update set cbb_contact_id = excluded.cbb_contact_id, version = excluded.version,
        confirmed_fields = excluded.confirmed_fields, synced_at = excluded.synced_at, updated_at = now()
    ), flagged as (
      update orders o set event_version = event_version + 1, updated_at = now(),
        -- Content that came meanwhile has a contact effect of its own, which is still owed.
        cbb_synced = (select true from effects later where later.order_id = o.order_id and later.kind = 'contact'
          and later.state in ('planned', 'claimed') and later.id <> done.id limit 1) is null
      from done where o.order_id = any(array[done.order_id])
      returning o.order_id, o.event_version, done.id, done.correlation_id
    ), told as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), 'contact.synced', 'order', order_id, event_version, 'worker', correlation_id,
        jsonb_build_object('contactEffectId', flagged.id, 'messageEffectIds',
          (select coalesce(jsonb_agg(waiting.id order by waiting.id), '[]') from effects waiting
            where waiting.order_id = flagged.order_id and waiting.kind = 'message' and waiting.state = 'planned'))
      from flagged
    )
    select id from done`.execute(executor);
  return result.rows.map(({ id }) => id);
}
