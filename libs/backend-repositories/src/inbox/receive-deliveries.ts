import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** One distinct body, with the number of requests that brought it. */
export interface IncomingDelivery {
  readonly id: string;
  readonly kind: 'order' | 'receipt';
  readonly source: string;
  readonly orderId: string | null;
  /** What the edge could tell from the body alone; whether an order id is new is for the database to say. */
  readonly verdict: 'usable' | 'skipped' | 'rejected';
  readonly problems: string | null;
  readonly bodyHash: Buffer;
  readonly body: Buffer;
  readonly headers: string;
  readonly apiKeyId: string | null;
  readonly correlationId: string;
  readonly copies: number;
}

export interface ReceivedDelivery {
  readonly kind: string;
  /** SHA-256 of the body, hexadecimal. */
  readonly hash: string;
  readonly deliveryId: string;
  readonly outcome: 'accepted' | 'changed' | 'skipped' | 'rejected';
  /** False when this statement made the row, true when it only counted a repeat. */
  readonly repeated: boolean;
  readonly problems: string | null;
}

/**
 * Stores many deliveries in one statement with one commit: new bodies become a delivery, its bytes and its outbox
 * event; known bodies are counted. A body that another statement is storing at this moment may be missing from the
 * result: the caller asks again for it. Bodies travel as one buffer that is cut by offsets, so nothing in them is
 * parsed on the way; rows are locked and inserted in the order of their hashes. Known rows are looked up one by one
 * (`lateral ... limit 1`, scalar subqueries, an array): a join would be planned while the table is empty and stay as it is.
 * @throws the driver's error; then nothing of the batch is stored
 */
export async function receiveDeliveries(
  executor: Executor,
  incoming: readonly IncomingDelivery[],
): Promise<ReceivedDelivery[]> {
  const result = await sql<ReceivedDelivery>`
    with incoming as materialized (
      select ordinal, id, kind, source, order_id, verdict, problems, headers, api_key_id, correlation_id, copies,
        substring(${Buffer.concat(incoming.map((delivery) => delivery.bodyHash))}::bytea from (32 * (ordinal - 1) + 1)::int for 32) as body_hash,
        substring(${Buffer.concat(incoming.map((delivery) => delivery.body))}::bytea from start for size) as body
      from unnest(
        ${incoming.map((delivery) => delivery.id)}::uuid[], ${incoming.map((delivery) => delivery.kind)}::text[],
        ${incoming.map((delivery) => delivery.source)}::text[], ${incoming.map((delivery) => delivery.orderId)}::text[],
        ${incoming.map((delivery) => delivery.verdict)}::text[], ${incoming.map((delivery) => delivery.problems)}::text[],
        ${incoming.map((delivery) => delivery.headers)}::text[], ${incoming.map((delivery) => delivery.apiKeyId)}::uuid[],
        ${incoming.map((delivery) => delivery.correlationId)}::text[], ${incoming.map((delivery) => delivery.copies)}::int[],
        ${offsets(incoming)}::int[], ${incoming.map((delivery) => delivery.body.length)}::int[]
      ) with ordinality as given(id, kind, source, order_id, verdict, problems, headers, api_key_id, correlation_id,
        copies, start, size, ordinal)
    ), locked as materialized (
      select found.id, ordered.copies
      from (select * from incoming order by kind, body_hash) as ordered
      cross join lateral (
        select d.id from deliveries d where d.kind = ordered.kind and d.body_hash = ordered.body_hash
        limit 1 for update
      ) as found
    ), known as (
      update deliveries d set last_repeat_at = clock_timestamp(),
        repeats = d.repeats + (select locked.copies from locked where locked.id = d.id)
      where d.id = any (array(select locked.id from locked))
      returning d.id, d.kind, d.body_hash, d.outcome, d.problems
    ), unknown as materialized (
      select incoming.*, nextval(pg_get_serial_sequence('deliveries', 'position')) as position,
        case
          when verdict <> 'usable' then verdict
          when kind = 'receipt' then 'accepted'
          when row_number() over (partition by kind, order_id, verdict order by ordinal) > 1 then 'changed'
          when (select true from deliveries first where first.order_id = incoming.order_id
            and first.kind = 'order' and first.outcome = 'accepted' limit 1) then 'changed'
          else 'accepted'
        end as outcome
      from incoming
      where not exists (select from known where known.kind = incoming.kind and known.body_hash = incoming.body_hash)
      order by ordinal
    ), fresh as (
      insert into deliveries (id, position, kind, source, order_id, outcome, state, body_hash, repeats, last_repeat_at,
        problems, api_key_id, correlation_id)
      overriding system value
      select id, position, kind, source, order_id, outcome, case verdict when 'usable' then 'open' else 'closed' end,
        body_hash, copies - 1, case when copies > 1 then clock_timestamp() end, problems, api_key_id, correlation_id
      from unknown order by kind, body_hash
      on conflict (kind, body_hash) do nothing
      returning id, kind, body_hash, outcome, state, problems
    ), bodies as (
      insert into delivery_bodies (delivery_id, body, headers)
      select fresh.id, unknown.body, unknown.headers from fresh join unknown using (id)
    ), facts as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), case unknown.kind when 'order' then 'delivery.received' else 'receipts.received' end,
        'delivery', fresh.id::text, 1, coalesce('key:' || unknown.api_key_id, 'source:' || unknown.source),
        unknown.correlation_id, '{}'
      from fresh join unknown using (id) where fresh.state = 'open' order by unknown.position
    )
    select kind, encode(body_hash, 'hex') as hash, id as "deliveryId", outcome, false as repeated, problems from fresh
    union all
    select kind, encode(body_hash, 'hex'), id, outcome, true, problems from known
  `.execute(executor);
  return result.rows;
}

/** Where each body starts in the joined buffer, counted from 1 as `substring` does. */
function offsets(incoming: readonly IncomingDelivery[]): number[] {
  let next = 1;
  return incoming.map((delivery) => {
    const start = next;
    next += delivery.body.length;
    return start;
  });
}
