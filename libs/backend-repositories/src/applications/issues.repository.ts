import { Injectable } from '@nestjs/common';
import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { ApplicantIssues } from '../db/schema.gen.js';
import { applicantAsPerson } from '../privacy/person.js';
import { openColumns, sealColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';

export type NewIssueReport = Pick<
  Insertable<ApplicantIssues>,
  | 'id'
  | 'applicantId'
  | 'orderId'
  | 'contentHash'
  | 'issues'
  | 'phone'
  | 'state'
  | 'reason'
  | 'apiKeyId'
  | 'correlationId'
>;

/** A report that could not be told to anybody yet. */
export interface UnmatchedReport {
  readonly id: string;
  readonly applicantId: string;
  readonly issues: Buffer;
  readonly phone: string | null;
  readonly correlationId: string;
  readonly orderId: string;
}

@Injectable()
export class IssuesRepository {
  /** One reporter at a time per applicant, until the transaction ends. */
  async lockApplicant(executor: Executor, applicantId: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended('issues:' || ${applicantId}, 0))`.execute(
      executor,
    );
  }

  /**
   * Counts a repeat of a report of the same content, by any of its hashes.
   * @param withinSeconds how long after a report found its order the same issues are a new one: they were mended and are
   * there again. One that still waits for its order stands for all of them.
   */
  async countRepeat(
    executor: Executor,
    applicantId: string,
    contentHashes: readonly Buffer[],
    withinSeconds: number,
  ): Promise<{ id: string; orderId: string | null; state: string; reason: string | null } | undefined> {
    const result = await sql<{ id: string; orderId: string | null; state: string; reason: string | null }>`
      update applicant_issues set repeats = repeats + 1, last_repeat_at = clock_timestamp()
      where id = (select id from applicant_issues where applicant_id = ${applicantId}
        and content_hash = any(${[...contentHashes]}::bytea[])
        and (state = 'unmatched' or matched_at > clock_timestamp() - make_interval(secs => ${withinSeconds}))
        order by reported_at desc limit 1)
      returning id, order_id, state, reason`.execute(executor);
    return result.rows[0];
  }

  /** Sealed for its applicant: it may come before the order that says whose it is. */
  async insert(executor: Executor, report: NewIssueReport): Promise<void> {
    const key = await vaultOf(executor).keyOf(executor, applicantAsPerson(report.applicantId));
    const sealed = sealColumns(key, 'applicant_issues', report.id, { issues: report.issues });
    await executor
      .insertInto('applicantIssues')
      .values({
        ...report,
        ...sealed,
        matchedAt: report.orderId === null ? null : sql<Date>`clock_timestamp()`,
      })
      .execute();
  }

  /** Reports whose applicant has an order by now, oldest first. */
  async matchable(executor: Executor, limit: number): Promise<UnmatchedReport[]> {
    const result = await sql<Omit<UnmatchedReport, 'issues'> & StoredColumns<'issues'>>`
      select i.id, i.applicant_id, i.issues, i.issues_key_id, ${storedKey('i.issues_key_id')} as issues_key, i.phone, i.correlation_id, found.order_id
      from applicant_issues i
      join lateral (select o.order_id from order_applicants a join orders o on o.order_id = any(array[a.order_id])
        where a.applicant_id = i.applicant_id and not a.removed order by o.delivery_position + 0 desc limit 1) found on true
      where i.state = 'unmatched' order by i.reported_at limit ${limit}`.execute(executor);
    const vault = vaultOf(executor);
    return result.rows.flatMap((stored) => {
      const { issues, ...report } = openColumns(vault, 'applicant_issues', stored.id, stored, ['issues']);
      // Of an applicant who was forgotten there is nothing left to tell.
      return issues === null ? [] : [{ ...report, issues }];
    });
  }

  /** @returns false when another worker has matched it already */
  async match(
    executor: Executor,
    id: string,
    match: { readonly orderId: string; readonly state: string; readonly reason: string | null },
  ): Promise<boolean> {
    const result = await sql`
      update applicant_issues set state = ${match.state}, reason = ${match.reason}, order_id = ${match.orderId},
        matched_at = clock_timestamp()
      where id = ${id} and state || '' = 'unmatched'`.execute(executor);
    return (result.numAffectedRows ?? 0n) > 0n;
  }
}
