import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { seal } from '../privacy/data-key.js';
import { vaultOf } from '../privacy/vault.js';

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
  /** Of whoever placed it by hand; of webhooks it is not kept. */
  readonly ip?: string | null;
  /** Who placed it by hand, `key:<id>` or `user:<id>`; of webhooks nobody did. */
  readonly actor?: string | null;
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
 * event; known bodies are counted. Bodies travel as one buffer that is cut by offsets, so nothing in them is parsed on
 * the way, and sealed before they travel; rows are written in the order of their hashes, so that statements of several processes wait in line instead
 * of in a circle. The first of an order id is looked up by a scalar subquery: an `exists` would be planned while the
 * table is empty, as a hash of every accepted order, and stay so.
 * @throws the driver's error; then nothing of the batch is stored. A conflict on `deliveries_accepted_order_key` means
 * that another process has just stored the order's first delivery: the next try sees it.
 */
export async function receiveDeliveries(
  executor: Executor,
  incoming: readonly IncomingDelivery[],
): Promise<ReceivedDelivery[]> {
  const key = await vaultOf(executor).deliveryKey();
  const bodies = incoming.map(({ id, body }) =>
    seal(key, { table: 'delivery_bodies', column: 'body', row: id }, body),
  );
  const result = await sql<Omit<ReceivedDelivery, 'repeated'>>`
    with incoming as materialized (
      select ordinal, id, kind, source, order_id, verdict, problems, headers, api_key_id, correlation_id, ip, actor, copies,
        substring(${Buffer.concat(incoming.map((delivery) => delivery.bodyHash))}::bytea from (32 * (ordinal - 1) + 1)::int for 32) as body_hash,
        substring(${Buffer.concat(bodies)}::bytea from start for size) as body
      from unnest(
        ${incoming.map((delivery) => delivery.id)}::uuid[], ${incoming.map((delivery) => delivery.kind)}::text[],
        ${incoming.map((delivery) => delivery.source)}::text[], ${incoming.map((delivery) => delivery.orderId)}::text[],
        ${incoming.map((delivery) => delivery.verdict)}::text[], ${incoming.map((delivery) => delivery.problems)}::text[],
        ${incoming.map((delivery) => delivery.headers)}::text[], ${incoming.map((delivery) => delivery.apiKeyId)}::uuid[],
        ${incoming.map((delivery) => delivery.correlationId)}::text[], ${incoming.map((delivery) => delivery.ip ?? null)}::text[],
        ${incoming.map((delivery) => delivery.actor ?? null)}::text[], ${incoming.map((delivery) => delivery.copies)}::int[],
        ${offsets(bodies)}::int[], ${bodies.map((body) => body.length)}::int[]
      ) with ordinality as given(id, kind, source, order_id, verdict, problems, headers, api_key_id, correlation_id, ip,
        actor, copies, start, size, ordinal)
    ), placed as (
      select incoming.*, nextval(pg_get_serial_sequence('deliveries', 'position')) as position,
        case
          when verdict <> 'usable' then verdict
          when kind = 'receipt' then 'accepted'
          when row_number() over (partition by kind, order_id, verdict order by ordinal) > 1 then 'changed'
          when (select true from deliveries first where first.order_id = incoming.order_id
            and first.kind = 'order' and first.outcome = 'accepted' limit 1) then 'changed'
          else 'accepted'
        end as outcome
      from incoming order by ordinal
    ), stored as (
      insert into deliveries (id, position, kind, source, order_id, outcome, state, body_hash, repeats, last_repeat_at,
        problems, api_key_id, correlation_id, actor)
      overriding system value
      select id, position, kind, source, order_id, outcome, case verdict when 'usable' then 'open' else 'closed' end,
        body_hash, copies - 1, case when copies > 1 then clock_timestamp() end, problems, api_key_id, correlation_id, actor
      from placed order by kind, body_hash
      on conflict (kind, body_hash) do update
        set repeats = deliveries.repeats + excluded.repeats + 1, last_repeat_at = clock_timestamp()
      returning id, kind, body_hash, outcome, state, problems, position
    ), bodies as (
      insert into delivery_bodies (delivery_id, body, headers, key_id)
      select incoming.id, incoming.body, incoming.headers, ${key.id}::text from stored join incoming using (id)
    ), facts as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, ip, payload)
      select gen_random_uuid(), case incoming.kind when 'order' then 'delivery.received' else 'receipts.received' end,
        'delivery', incoming.id::text, 1, coalesce(incoming.actor, 'key:' || incoming.api_key_id, 'source:' || incoming.source),
        incoming.correlation_id, incoming.ip, '{}'
      from stored join incoming using (id) where stored.state = 'open' order by stored.position
    )
    select kind, encode(body_hash, 'hex') as hash, id as delivery_id, outcome, problems from stored
  `.execute(executor);
  // A row under the id we gave it is new; a known body keeps the id it came with first.
  const given = new Set(incoming.map((delivery) => delivery.id));
  return result.rows.map((row) => ({ ...row, repeated: !given.has(row.deliveryId) }));
}

/** Where each body starts in the joined buffer, counted from 1 as `substring` does. */
function offsets(bodies: readonly Buffer[]): number[] {
  let next = 1;
  return bodies.map((body) => {
    const start = next;
    next += body.length;
    return start;
  });
}
