import type { AskedBy } from '@visapi/backend-kernel';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { openBodies, type StoredBody, storedBody } from './stored-body.js';

/** A delivery as an operator wants it interpreted again; its bytes are null when they are no longer kept. */
export interface StoredDelivery {
  readonly id: string;
  readonly position: number;
  readonly orderId: string | null;
  readonly outcome: string;
  readonly state: string;
  readonly problems: string | null;
  readonly correlationId: string;
  readonly body: Buffer | null;
}

/** Which deliveries are meant; what is undefined does not matter. */
export interface ReplayFilter {
  readonly ids?: readonly string[];
  readonly orderId?: string;
  readonly outcome?: string;
  readonly state?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Stored order deliveries that are interpreted again: quarantined ones, rejected ones, those of an order. */
@Injectable()
export class ReplaysRepository {
  /** Ids of matching deliveries, oldest first: bodies are fetched one by one, they can be 10 MB each. */
  async matching(
    executor: Executor,
    filter: ReplayFilter,
    after: number,
    limit: number,
  ): Promise<{ id: string; position: number }[]> {
    let query = executor
      .selectFrom('deliveries')
      .select(['id', 'position'])
      .where('kind', '=', sql.lit('order'));
    if (filter.ids !== undefined) query = query.where(sql<boolean>`id = any(${[...filter.ids]}::uuid[])`);
    if (filter.orderId !== undefined) query = query.where('orderId', '=', filter.orderId);
    // Written out, not as parameters: the indexes on what is rare hold for these words alone.
    for (const field of ['outcome', 'state'] as const) {
      const wanted = filter[field];
      if (wanted !== undefined) query = query.where(field, '=', sql.lit(wanted));
    }
    if (filter.from !== undefined) query = query.where('receivedAt', '>=', filter.from);
    if (filter.to !== undefined) query = query.where('receivedAt', '<', filter.to);
    return await query.where('position', '>', after).orderBy('position').limit(limit).execute();
  }

  async read(executor: Executor, id: string): Promise<StoredDelivery | undefined> {
    const result = await sql<
      Omit<StoredDelivery, 'body'> & StoredBody
    >`${stored} where d.id = ${id} and d.kind = 'order'`.execute(executor);
    return openBodies(executor, result.rows)[0];
  }

  /** All deliveries of an order without their bytes, the first of the order and then the oldest first. */
  async ofOrder(
    executor: Executor,
    orderId: string,
  ): Promise<{ id: string; outcome: string; state: string }[]> {
    const result = await sql<{ id: string; outcome: string; state: string }>`
      select id, outcome, state from deliveries where order_id = ${orderId} and kind = 'order'
      order by outcome <> 'accepted', position`.execute(executor);
    return result.rows;
  }

  /** Whether some delivery of an order was accepted as its first. */
  async isAccepted(executor: Executor, orderId: string): Promise<boolean> {
    const result = await sql`select from deliveries
      where order_id = ${orderId} and kind = 'order' and outcome = 'accepted' limit 1`.execute(executor);
    return result.rows.length > 0;
  }

  /** The delivery, locked, while it is still set aside as unusable. */
  async lockRejected(executor: Executor, id: string): Promise<StoredDelivery | undefined> {
    const result = await sql<Omit<StoredDelivery, 'body'> & StoredBody>`
      ${stored} where d.id = ${id} and d.kind = 'order' and d.outcome = 'rejected' for update of d`.execute(
      executor,
    );
    return openBodies(executor, result.rows)[0];
  }

  /**
   * Opens all failed deliveries of an order again, the first of the order before its changes, and announces each.
   * @returns their ids; none when somebody else has opened them
   */
  async openFailedOfOrder(executor: Executor, orderId: string, actor: string): Promise<string[]> {
    const result = await sql<{ id: string }>`
      with opened as (
        update deliveries set state = 'open', problems = null, queued_at = null, applied_at = null where id in (
          select d.id from deliveries d join delivery_bodies b on b.delivery_id = d.id
          where d.order_id = ${orderId} and d.kind = 'order' and d.state = 'failed'
          order by d.outcome <> 'accepted', d.position for update of d)
        returning id, outcome, position
      )
      select id from opened order by outcome <> 'accepted', position`.execute(executor);
    const ids = result.rows.map(({ id }) => id);
    await this.announce(executor, ids, actor);
    return ids;
  }

  /**
   * Opens a failed delivery again, of an order with all that failed of it, and announces each.
   * @returns their ids; none when it has not failed, or not any more
   */
  async openFailed(executor: Executor, id: string, actor: string): Promise<string[]> {
    const delivery = await executor
      .selectFrom('deliveries')
      .select(['kind', 'orderId', 'state'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (delivery?.state !== 'failed') return [];
    if (delivery.kind === 'order' && delivery.orderId !== null)
      return await this.openFailedOfOrder(executor, delivery.orderId, actor);
    const result = await sql<{ id: string }>`
      update deliveries set state = 'open', problems = null, queued_at = null, applied_at = null
      where id = ${id} and state = 'failed' returning id`.execute(executor);
    const ids = result.rows.map((row) => row.id);
    await this.announce(executor, ids, actor);
    return ids;
  }

  /**
   * A rejected delivery is understood now: it is what it would have been on arrival, and announced as one that has
   * arrived. The caller holds the row's lock.
   * @throws on `deliveries_accepted_order_key` when the order's first delivery arrives at the same moment
   */
  async accept(
    executor: Executor,
    delivery: { readonly id: string; readonly orderId: string | null; readonly isTest: boolean },
    actor: string,
  ): Promise<'accepted' | 'changed' | 'skipped'> {
    const { id, orderId, isTest } = delivery;
    const result = await sql<{ outcome: 'accepted' | 'changed' | 'skipped' }>`
      update deliveries set order_id = ${orderId}, problems = null, queued_at = null,
        state = case when ${isTest} then 'closed' else 'open' end,
        outcome = case when ${isTest} then 'skipped'
          when exists (select from deliveries first where first.order_id = ${orderId} and first.kind = 'order'
            and first.outcome = 'accepted') then 'changed'
          else 'accepted' end
      where id = ${id} returning outcome`.execute(executor);
    const [row] = result.rows;
    if (!row) throw new Error('A locked delivery cannot vanish');
    if (!isTest) await this.announce(executor, [id], actor);
    return row.outcome;
  }

  /** What is wrong with a delivery, in the words of today's code. */
  async tellProblems(executor: Executor, id: string, problems: string): Promise<void> {
    await sql`update deliveries set problems = ${problems}
      where id = ${id} and outcome = 'rejected' and problems is distinct from ${problems}`.execute(executor);
  }

  /** A fact about a delivery that has no order. The caller holds the row's lock, so versions do not meet. */
  async tellOfDelivery(
    executor: Executor,
    id: string,
    fact: AskedBy & { readonly type: string; readonly payload: Readonly<Record<string, string>> },
  ): Promise<void> {
    const { type, payload, actor, correlationId, ip = null } = fact;
    await sql`
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, ip, payload)
      select gen_random_uuid(), ${type}, 'delivery', ${id}::text, coalesce(max(aggregate_version), 0) + 1, ${actor},
        ${correlationId}, ${ip}::text, ${JSON.stringify(payload)}::jsonb
      from events where aggregate_type = 'delivery' and aggregate_id = ${id}::text`.execute(executor);
  }

  /** The newest delivery whose content an order holds, with its bytes. */
  async newestApplied(executor: Executor, orderId: string): Promise<StoredDelivery | undefined> {
    const result = await sql<Omit<StoredDelivery, 'body'> & StoredBody>`
      ${stored} where d.order_id = ${orderId} and d.kind = 'order' and d.state = 'applied'
      order by d.position desc limit 1`.execute(executor);
    return openBodies(executor, result.rows)[0];
  }

  /** Ids of the orders that deliveries of a period name, in the order of their first one. */
  async ordersReceived(
    executor: Executor,
    { from, to }: { readonly from: Date | null; readonly to: Date | null },
    limit: number,
  ): Promise<string[]> {
    const result = await sql<{ orderId: string }>`
      select order_id from deliveries
      where kind = 'order' and order_id is not null
        ${from === null ? sql`` : sql`and received_at >= ${from}::timestamptz`}
        ${to === null ? sql`` : sql`and received_at < ${to}::timestamptz`}
      group by order_id order by min(position) limit ${limit}`.execute(executor);
    return result.rows.map(({ orderId }) => orderId);
  }

  /** Wakes the job that interprets: the fact keeps the correlation that the delivery came with. */
  private async announce(executor: Executor, ids: readonly string[], actor: string): Promise<void> {
    await sql`
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), case d.kind when 'order' then 'delivery.received' else 'receipts.received' end,
        'delivery', d.id::text,
        coalesce((select max(e.aggregate_version) from events e where e.aggregate_type = 'delivery'
          and e.aggregate_id = d.id::text), 0) + 1, ${actor}, d.correlation_id, '{}'
      from deliveries d where d.id = any(${[...ids]}::uuid[]) order by d.position`.execute(executor);
  }
}

const stored = sql`select d.id, d.position, d.order_id, d.outcome, d.state, d.problems, d.correlation_id, ${storedBody}
  from deliveries d left join delivery_bodies b on b.delivery_id = d.id`;
