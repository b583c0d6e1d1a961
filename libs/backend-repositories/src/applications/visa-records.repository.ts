import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import type { VisaRecords } from '../db/schema.gen.js';
import { recordAsPerson } from '../privacy/person.js';
import { sealColumns } from '../privacy/sealed-row.js';
import { vaultOf } from '../privacy/vault.js';

/** A record of the completed view, as a poll saw it. */
export interface SeenRecord {
  readonly recordId: string;
  readonly orderId: string | null;
  readonly completedAt: Date | null;
}

export type VisaRecordRow = Pick<
  Selectable<VisaRecords>,
  | 'recordId'
  | 'orderId'
  | 'state'
  | 'reason'
  | 'completedAt'
  | 'firstSeenAt'
  | 'lastSeenAt'
  | 'checkedAt'
  | 'doneAt'
  | 'doneBy'
>;

export interface VisaRecordFilter {
  readonly state?: string;
  readonly orderId?: string;
}

export interface VisaRecordCounts {
  readonly pending: number;
  readonly orderUnknown: number;
  readonly done: number;
  readonly oldestPendingAt: Date | null;
}

const shown = [
  'recordId',
  'orderId',
  'state',
  'reason',
  'completedAt',
  'firstSeenAt',
  'lastSeenAt',
  'checkedAt',
  'doneAt',
  'doneBy',
] as const;

/** State of each record that Airtable ever showed as completed. */
@Injectable()
export class VisaRecordsRepository {
  /**
   * Remembers what a page of the view showed.
   * @returns the records that are not done and whose order is known, so that something can be done for them
   */
  async see(executor: Executor, records: readonly SeenRecord[]): Promise<string[]> {
    const result = await sql<{ recordId: string }>`
      with seen as (
        insert into visa_records (record_id, order_id, state, reason, completed_at)
        select record_id, order_id, 'pending', 'order-unknown', completed_at
        from unnest(${records.map((record) => record.recordId)}::text[], ${records.map((record) => record.orderId)}::text[],
          ${records.map((record) => record.completedAt)}::timestamptz[]) as given(record_id, order_id, completed_at)
        order by record_id
        on conflict (record_id) do update set last_seen_at = clock_timestamp(),
          order_id = case visa_records.state when 'pending' then excluded.order_id else visa_records.order_id end,
          completed_at = coalesce(excluded.completed_at, visa_records.completed_at)
        returning record_id, order_id, state
      )
      select record_id from seen where state = 'pending'
        and (select true from orders o where o.order_id = seen.order_id)`.execute(executor);
    return result.rows.map((row) => row.recordId);
  }

  /**
   * The record, locked until the transaction ends.
   * @param staleAfterSeconds age of the completion from which nothing is sent by itself
   */
  async lock(
    executor: Executor,
    recordId: string,
    staleAfterSeconds: number,
  ): Promise<{ state: string; isStale: boolean } | undefined> {
    const result = await sql<{ state: string; isStale: boolean }>`
      select state, coalesce(completed_at < clock_timestamp() - make_interval(secs => ${staleAfterSeconds}), false)
        as is_stale
      from visa_records where record_id = ${recordId} for update`.execute(executor);
    return result.rows[0];
  }

  /** Nothing more is to be done for the record: what it demanded is planned, or it is said why nothing is. */
  async markDone(
    executor: Executor,
    recordId: string,
    done: { readonly reason: string; readonly by: string; readonly applications: Buffer | null },
  ): Promise<void> {
    const { applications, applicationsKeyId } = await sealApplications(executor, recordId, done.applications);
    await sql`
      update visa_records set state = 'done', reason = ${done.reason}, done_at = clock_timestamp(), done_by = ${done.by},
        checked_at = clock_timestamp(), applications = coalesce(${applications}::bytea, applications),
        applications_key_id = coalesce(${applicationsKeyId}::text, applications_key_id)
      where record_id = ${recordId} and state || '' = 'pending'`.execute(executor);
  }

  /** The record waits for something outside; it is looked at again as long as the view shows it. */
  async markPending(
    executor: Executor,
    recordId: string,
    reason: string,
    seen: Buffer | null,
  ): Promise<void> {
    const { applications, applicationsKeyId } = await sealApplications(executor, recordId, seen);
    await sql`
      update visa_records set reason = ${reason}, checked_at = clock_timestamp(),
        applications = coalesce(${applications}::bytea, applications),
        applications_key_id = coalesce(${applicationsKeyId}::text, applications_key_id)
      where record_id = ${recordId} and state || '' = 'pending'`.execute(executor);
  }

  /**
   * Marks those of these records done on an operator's word that were completed before it was given, or nobody knows when.
   * @returns the records that were pending
   */
  async bootstrap(
    executor: Executor,
    recordIds: readonly string[],
    by: string,
    before: Date,
  ): Promise<string[]> {
    const result = await sql<{ recordId: string }>`
      update visa_records set state = 'done', reason = 'bootstrap', done_at = clock_timestamp(), done_by = ${by}
      where record_id = any(${[...recordIds]}::text[]) and state = 'pending'
        and (completed_at is null or completed_at <= ${before}::timestamptz)
      returning record_id`.execute(executor);
    return result.rows.map((row) => row.recordId);
  }

  /** Records, newest first seen first. */
  async list(executor: Executor, filter: VisaRecordFilter, page: Page): Promise<PageResult<VisaRecordRow>> {
    let query = executor.selectFrom('visaRecords').select(shown);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.orderId !== undefined) query = query.where('orderId', '=', filter.orderId);
    return await paginate(executor, query, 'record_id', (row) => row.recordId, page);
  }

  async counts(executor: Executor): Promise<VisaRecordCounts> {
    const result = await sql<VisaRecordCounts>`
      select count(*) filter (where v.state = 'pending') as pending,
        count(*) filter (where v.state = 'pending' and o.order_id is null) as order_unknown,
        count(*) filter (where v.state = 'done') as done,
        min(v.first_seen_at) filter (where v.state = 'pending') as oldest_pending_at
      from visa_records v left join orders o on o.order_id = v.order_id`.execute(executor);
    return result.rows[0] ?? { pending: 0, orderUnknown: 0, done: 0, oldestPendingAt: null };
  }
}

/** Sealed for the record: it may be seen before the order that says whose it is. */
async function sealApplications(executor: Executor, recordId: string, applications: Buffer | null) {
  if (applications === null) return { applications, applicationsKeyId: null };
  const key = await vaultOf(executor).keyOf(executor, recordAsPerson(recordId));
  return sealColumns(key, 'visa_records', recordId, { applications });
}
