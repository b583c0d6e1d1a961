import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import { openBodies, type StoredBody, storedBody } from './stored-body.js';

/** A delivery that waits to be interpreted, with its bytes. */
export interface OpenDelivery {
  readonly id: string;
  readonly position: number;
  readonly outcome: string;
  readonly orderId: string | null;
  readonly source: string;
  /** Who gave it by hand; null when it came from its source by itself. */
  readonly actor: string | null;
  readonly correlationId: string;
  readonly receivedAt: Date;
  readonly body: Buffer;
}

const listed = [
  'id',
  'position',
  'source',
  'orderId',
  'outcome',
  'state',
  'repeats',
  'lastRepeatAt',
  'problems',
  'correlationId',
  'receivedAt',
  'appliedAt',
  'bodyHash',
  'apiKeyId',
  'actor',
] as const;

export interface DeliveryRow {
  readonly id: string;
  readonly position: number;
  readonly source: string;
  readonly orderId: string | null;
  readonly outcome: string;
  readonly state: string;
  readonly repeats: number;
  readonly lastRepeatAt: Date | null;
  readonly problems: string | null;
  readonly correlationId: string;
  readonly receivedAt: Date;
  readonly appliedAt: Date | null;
  readonly bodyHash: Buffer;
  readonly apiKeyId: string | null;
  /** Who gave it by hand; null when it came from its source by itself. */
  readonly actor: string | null;
}

export interface DeliveryFilter {
  readonly orderId?: string;
  readonly outcome?: string;
  readonly state?: string;
  readonly source?: string;
  readonly from?: Date;
  readonly to?: Date;
}

type StoredDelivery = Omit<OpenDelivery, 'body'> & StoredBody;

/** Bodies can be 10 MB; what is beyond this many waits for its own job. */
const mostAtOnce = 10;
const mostBytesTogether = 128 * 1024;

@Injectable()
export class DeliveriesRepository {
  /**
   * The deliveries of one order that wait to be interpreted, the first of the order and then the oldest first, locked:
   * whoever comes second waits and then finds nothing left to do. Found through any one of them. The first may be younger
   * than one that was rejected on arrival and understood later.
   */
  async lockOpenOfSameOrder(executor: Executor, deliveryId: string): Promise<OpenDelivery[]> {
    const result = await sql<StoredDelivery>`
      select d.id, d.position, d.outcome, d.order_id, d.source, d.actor, d.correlation_id, d.received_at, ${storedBody}
      from deliveries d join delivery_bodies b on b.delivery_id = d.id
      where d.kind = 'order' and d.state = 'open'
        and d.order_id = (select order_id from deliveries where id = ${deliveryId})
      order by d.outcome <> 'accepted', d.position limit ${mostAtOnce}
      for update of d`.execute(executor);
    return openAll(executor, result.rows);
  }

  /**
   * Those of these deliveries that are the first of their order and wait to be interpreted, locked. What somebody else
   * holds is left out, and so are large ones: the memory of many at once has its bound.
   */
  async lockFirstOpen(executor: Executor, deliveryIds: readonly string[]): Promise<OpenDelivery[]> {
    const result = await sql<StoredDelivery>`
      select d.id, d.position, d.outcome, d.order_id, d.source, d.actor, d.correlation_id, d.received_at, ${storedBody}
      from deliveries d join delivery_bodies b on b.delivery_id = d.id
      where d.id = any(${[...deliveryIds]}::uuid[]) and d.state = 'open'
        -- Expressions, so that no index but that of the ids fits.
        and d.kind || '' = 'order' and d.outcome || '' = 'accepted' and octet_length(b.body) <= ${mostBytesTogether}
      for no key update of d skip locked`.execute(executor);
    return openAll(executor, result.rows);
  }

  /** One open delivery, locked, with its bytes. */
  async lockOpen(executor: Executor, deliveryId: string): Promise<OpenDelivery | undefined> {
    const result = await sql<StoredDelivery>`
      select d.id, d.position, d.outcome, d.order_id, d.source, d.actor, d.correlation_id, d.received_at, ${storedBody}
      from deliveries d join delivery_bodies b on b.delivery_id = d.id
      where d.id = ${deliveryId} and d.state = 'open'
      for update of d`.execute(executor);
    return openAll(executor, result.rows)[0];
  }

  async markApplied(executor: Executor, ids: readonly string[]): Promise<void> {
    await sql`update deliveries set state = 'applied', applied_at = clock_timestamp()
      where id = any(${[...ids]}::uuid[]) and state = 'open'`.execute(executor);
  }

  /** The delivery cannot be interpreted by today's code; it is kept and can be replayed. */
  async markFailed(executor: Executor, id: string, problems: string): Promise<void> {
    await sql`update deliveries set state = 'failed', problems = ${problems}, applied_at = clock_timestamp()
      where id = ${id} and state = 'open'`.execute(executor);
  }

  /**
   * Open deliveries whose job was lost (or never made), marked as queued now.
   * @param olderThanSeconds how long a delivery may lie before its job counts as lost
   */
  async requeueOpen(
    executor: Executor,
    olderThanSeconds: number,
    limit: number,
  ): Promise<{ id: string; kind: string }[]> {
    const result = await sql<{ id: string; kind: string }>`
      update deliveries set queued_at = clock_timestamp() where id in (
        select id from deliveries
        where state || '' = 'open' and received_at < clock_timestamp() - make_interval(secs => ${olderThanSeconds})
          and (queued_at is null or queued_at < clock_timestamp() - make_interval(secs => ${olderThanSeconds}))
        order by received_at limit ${limit} for update skip locked)
      returning id, kind`.execute(executor);
    return result.rows;
  }

  async find(executor: Executor, id: string): Promise<DeliveryRow | undefined> {
    return await executor
      .selectFrom('deliveries')
      .select(listed)
      .where('id', '=', id)
      .where('kind', '=', 'order')
      .executeTakeFirst();
  }

  /** The deliveries of one order, oldest first. */
  async ofOrder(executor: Executor, orderId: string): Promise<DeliveryRow[]> {
    return await executor
      .selectFrom('deliveries')
      .select(listed)
      .where('orderId', '=', orderId)
      .where('kind', '=', 'order')
      .orderBy('position')
      .execute();
  }

  /** Order deliveries, newest first. */
  async list(executor: Executor, filter: DeliveryFilter, page: Page): Promise<PageResult<DeliveryRow>> {
    let query = executor.selectFrom('deliveries').select(listed).where('kind', '=', 'order');
    for (const field of ['orderId', 'outcome', 'state', 'source'] as const) {
      const wanted = filter[field];
      if (wanted !== undefined) query = query.where(field, '=', wanted);
    }
    // The index on what waits knows the state as an expression.
    if (filter.state !== undefined) query = query.where(sql<boolean>`state || '' = ${filter.state}`);
    if (filter.from !== undefined) query = query.where('receivedAt', '>=', filter.from);
    if (filter.to !== undefined) query = query.where('receivedAt', '<', filter.to);
    return await paginate(executor, query, 'position', (row) => String(row.position), page);
  }
}

/** What waits is never emptied, and bodies of it are never without their key. */
function openAll(executor: Executor, rows: readonly StoredDelivery[]): OpenDelivery[] {
  return openBodies(executor, rows).map(({ body, ...delivery }) => {
    if (body === null) throw new Error(`The bytes of delivery ${delivery.id}, which waits, are gone`);
    return { ...delivery, body };
  });
}
