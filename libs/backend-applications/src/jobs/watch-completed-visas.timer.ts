import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { newCorrelationId, newId, Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { AirtableClient, type CompletedOrder, VendorError } from '@visapi/backend-providers';
import { Database, isDatabaseUnavailable } from '@visapi/backend-repositories';
import { type PollRun, PollsRepository } from '@visapi/backend-repositories/applications';
import { BootstrapCompleted } from '../commands/bootstrap-completed.command.js';
import { PlanVisaMessages } from '../commands/plan-visa-messages.command.js';
import { RecordCompleted } from '../commands/record-completed.command.js';
import { completedVisasPoll } from '../completed-visas.js';
import { toVisaApplication } from '../visa-application.js';
import { VisaWindow } from '../visa-window.js';

const lookEveryMs = 1_000;
const afterFailureSeconds = 10;
/** A base of this many records is no base of ours; the loop must end whatever the vendor answers. */
const mostPages = 1_000;

/**
 * A timer in each worker; the claim of each run lets one of them read the view. What a run finds is decided record by
 * record in commands, so a run that dies, or two that overlap, lose and double nothing.
 */
@Injectable()
export class WatchCompletedVisas {
  private readonly repeat = new Repeat(() => this.look(), lookEveryMs);
  private readonly stopping = new AbortController();

  constructor(
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly polls: PollsRepository,
    private readonly airtable: AirtableClient,
    private readonly window: VisaWindow,
    private readonly log: Log,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.repeat.stop();
  }

  /** Runs the poll if it is due and nobody is at it. */
  async look(): Promise<void> {
    if (this.airtable.withheld) return;
    const { db } = this.database;
    const everySeconds = this.airtable.pollWithheld ? 0 : this.window.pollSeconds;
    try {
      const run = await this.polls.claim(db, completedVisasPoll, newId(), everySeconds);
      if (run) await this.run(run, everySeconds);
    } catch (error) {
      this.log.warn('completed visas could not be looked for', {}, error);
    }
  }

  private async run(run: PollRun, everySeconds: number): Promise<void> {
    const { db } = this.database;
    const correlationId = newCorrelationId();
    try {
      const seen = await this.readView(run, correlationId);
      await this.polls.finish(db, completedVisasPoll, run, {
        problem: null,
        seen,
        nextInSeconds: everySeconds,
      });
    } catch (error) {
      const problem = error instanceof VendorError ? error.message : 'internal-error';
      const wait = error instanceof VendorError ? (error.facts.retryAfterMs ?? 0) / 1000 : 0;
      const nextInSeconds = Math.max(everySeconds, wait, afterFailureSeconds);
      await this.polls.finish(db, completedVisasPoll, run, { problem, seen: 0, nextInSeconds });
      this.log.warn('completed visas could not be read', { correlationId, reason: problem }, error);
    }
  }

  private async readView(run: PollRun, correlationId: string): Promise<number> {
    let offset: string | undefined;
    let seen = 0;
    for (let page = 0; page < mostPages && !this.stopping.signal.aborted; page += 1) {
      const answer = await this.airtable.completedPage(offset, this.options(correlationId));
      await this.takePage(answer.records, run, correlationId);
      seen += answer.records.length;
      offset = answer.offset;
      if (offset === undefined) return seen;
      if (!(await this.polls.renew(this.database.db, completedVisasPoll, run.token))) break;
    }
    throw new VendorError('airtable', 'unavailable', 'view-not-read-to-its-end');
  }

  private async takePage(
    records: readonly CompletedOrder[],
    run: PollRun,
    correlationId: string,
  ): Promise<void> {
    const seen = records.map((record) => ({
      recordId: record.recordId,
      orderId: record.unreadable ? null : record.orderId,
      completedAt: record.unreadable ? null : record.completedAt,
    }));
    const open = new Set(await this.commands.execute(new RecordCompleted(seen)));
    for (const recordId of await this.declareTold(seen, run, correlationId)) open.delete(recordId);
    for (const record of records) {
      if (this.stopping.signal.aborted || record.unreadable || record.orderId === null) continue;
      if (open.has(record.recordId)) await this.takeOrTell(record, record.orderId, run, correlationId);
    }
  }

  /** On an operator's word, if one was given. @returns the records that are done by it */
  private async declareTold(
    seen: readonly { readonly recordId: string }[],
    run: PollRun,
    correlationId: string,
  ): Promise<readonly string[]> {
    const { bootstrapBy: by, bootstrapReason: reason, bootstrapAt: at } = run;
    if (by === null || at === null) return [];
    // A worker that was frozen meanwhile has lost the run to another one.
    if (!(await this.polls.renew(this.database.db, completedVisasPoll, run.token))) return [];
    const ids = seen.map(({ recordId }) => recordId);
    const word = { by, reason: reason ?? '', at };
    const marked = await this.commands.execute(new BootstrapCompleted(ids, word, correlationId));
    this.log.info('completed orders declared told', { count: marked.length, correlationId });
    return marked;
  }

  /** A record that cannot be dealt with stops no other; it is looked at again by every run. */
  private async takeOrTell(
    record: Exclude<CompletedOrder, { unreadable: true }>,
    orderId: string,
    run: PollRun,
    correlationId: string,
  ): Promise<void> {
    try {
      await this.takeRecord(record, orderId, run, correlationId);
    } catch (error) {
      if (this.stopping.signal.aborted || concernsAll(error)) throw error;
      this.log.error(
        'needs attention',
        { event: 'visa.completed', orderId, correlationId, reason: 'not-dealt-with' },
        error,
      );
    }
  }

  private async takeRecord(
    record: Exclude<CompletedOrder, { unreadable: true }>,
    orderId: string,
    run: PollRun,
    correlationId: string,
  ): Promise<void> {
    const found = await this.airtable.applications(record.applicationRecordIds, this.options(correlationId));
    const applications = found.map(toVisaApplication);
    const result = await this.commands.execute(
      new PlanVisaMessages(record.recordId, orderId, applications, correlationId),
    );
    await this.polls.renew(this.database.db, completedVisasPoll, run.token);
    if (result.kind === 'nothing') return;
    const line = {
      event: 'visa.completed',
      orderId,
      correlationId,
      count: result.planned,
      reason: result.reason,
    };
    this.log.info('completed order', line);
  }

  private options(correlationId: string) {
    return { correlationId, signal: this.stopping.signal };
  }
}

/** Airtable or the database being away, as opposed to a record that nobody can deal with. */
function concernsAll(error: unknown): boolean {
  if (error instanceof VendorError) return error.kind === 'unavailable' || error.kind === 'unknown';
  return isDatabaseUnavailable(error);
}
