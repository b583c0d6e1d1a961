import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { AppError, asAppError, backoffMs, type Category, categoryPolicy } from '@visapi/backend-kernel';
import { Log, Metrics } from '@visapi/backend-observability';
import { translateDatabaseError } from '@visapi/backend-repositories';
import { type Job, Worker } from 'bullmq';
import { concurrencyOf } from './concurrency.js';
import { DeadJobs } from './dead-jobs.js';
import { definedJobs, queueNames, type QueueName } from './define-job.js';
import type { JobProcessor, JobResult } from './job-processor.js';
import { Jobs } from './jobs.js';
import { NarrowJobs } from './narrow-jobs.js';
import { RedisConnections } from './redis-connections.js';
import { RunningJobs } from './running-jobs.js';

/** Until a dead worker's job is given to another. Rows are what keeps a job that only seemed dead from doing harm. */
const lockMs = 6_000;

/** How long a stop waits for Redis to hear of the jobs that have ended. */
const tellRedisMs = 1_500;

/** What no number of tries proves to be the job's own fault. */
const passes: readonly Category[] = ['unavailable', 'timeout', 'rate-limited'];

/** Runs processors on BullMQ workers, one per queue, and adds what each run must have: parsing, timing, log, retries. */
@Injectable()
export class JobRunner {
  private readonly processors = new Map<string, JobProcessor>();
  private readonly narrow: NarrowJobs;
  /** What runs here now. */
  readonly running = new RunningJobs();
  private workers: Worker[] = [];

  constructor(
    private readonly config: QueueConfig,
    private readonly connections: RedisConnections,
    private readonly jobs: Jobs,
    private readonly dead: DeadJobs,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    this.narrow = new NarrowJobs(config.concurrency);
  }

  /** @throws when two processors want the same job, or a queue has none: a job nobody takes is a loud failure */
  start(processors: readonly JobProcessor[]): void {
    for (const processor of processors) {
      if (this.processors.has(processor.job.name))
        throw new Error(`Two processors for job ${processor.job.name}`);
      this.processors.set(processor.job.name, processor);
    }
    for (const queue of queueNames) {
      if (!processors.some((processor) => processor.job.queue === queue))
        throw new Error(`No processor for ${queue}`);
      this.workers.push(this.createWorker(queue));
    }
  }

  /** @throws when a job that can be added in this process has no processor: it would wait for ever */
  assertComplete(): void {
    const orphans = [...definedJobs()].filter((name) => !this.processors.has(name));
    if (orphans.length > 0) throw new Error(`No processor for ${orphans.join(', ')}`);
  }

  /**
   * Lets running jobs end; takes no new ones. Shared state (the queues) is left as it is. Once they have ended, all that
   * remains is to tell Redis: when it does not answer, another worker runs them again and finds their rows done.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.narrow.stop();
    const done = new AbortController();
    const after = (ms: number) => pause(ms, undefined, { signal: done.signal }).catch(onlyAbort);
    const closing = Promise.all(this.workers.map((worker) => worker.close()));
    this.workers = [];
    await Promise.race([closing, this.ended(after), after(deadlineMs)]);
    done.abort();
  }

  /** What was fetched when the stop came begins after it, so one look is not enough. */
  private async ended(after: (ms: number) => Promise<void>): Promise<void> {
    do {
      await this.running.idle();
      await after(tellRedisMs);
    } while (this.running.isBusy());
  }

  private createWorker(queue: QueueName): Worker {
    const worker = new Worker(queue, (job) => this.run(job), {
      connection: this.connections.consumer(),
      prefix: 'visapi',
      concurrency: concurrencyOf(this.config, queue),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      // A job caught in several kills is still owed; its row decides when it has had enough.
      maxStalledCount: 1_000,
      drainDelay: 2,
      settings: { backoffStrategy: (attempt, _type, _error, job) => this.delay(job?.name ?? '', attempt) },
    });
    worker.on('error', (error) => this.connections.report(error, { queue }));
    return worker;
  }

  private async run(job: Job): Promise<void> {
    await this.running.during(job.queueName as QueueName, () => this.process(job));
  }

  private async process(job: Job): Promise<void> {
    const processor = this.processors.get(job.name);
    if (!processor) throw await this.unknown(job);
    const started = performance.now();
    try {
      const payload = parsePayload(processor, job.data);
      const results = [await this.narrow.run(processor, payload)].flat();
      const durationMs = performance.now() - started;
      for (const result of results) this.report(job, result, durationMs);
      await this.follow(results);
    } catch (error) {
      // A database that is away is no bug of the job: without this its last try would set the work aside.
      const known = asAppError(translateDatabaseError(error));
      await this.failed(job, processor, { known, thrown: error }, performance.now() - started);
    }
  }

  /** Somebody added what nobody here can do: a version of the code that is gone, or not yet here. */
  private async unknown(job: Job): Promise<Error> {
    const { name } = job;
    this.metrics.jobDuration.observe({ job: 'unknown', outcome: 'failed' }, 0);
    this.log.error('job without a processor', { job: name, outcome: 'failed' });
    const error = new AppError('unprocessable', `No processor for job ${name}`);
    await this.dead.keep(job, error);
    return this.dead.tryOf(error, true);
  }

  private report(job: Job, result: JobResult, durationMs: number): void {
    const { next: _next, attention, ...fields } = result;
    this.metrics.jobDuration.observe({ job: job.name, outcome: result.outcome }, durationMs / 1000);
    const line = { job: job.name, durationMs: Math.round(durationMs), ...fields };
    if (attention) this.log.error('needs attention', line);
    else this.log.info('job', line);
  }

  private async follow(results: readonly JobResult[]): Promise<void> {
    const next = results.flatMap((result) => result.next ?? []);
    if (next.length === 0) return;
    try {
      await this.jobs.enqueue(next);
    } catch (error) {
      this.log.warn('follow-up jobs not added; the sweep will add them', { count: next.length }, error);
    }
  }

  private async failed(
    job: Job,
    processor: JobProcessor,
    { known: error, thrown }: { readonly known: AppError; readonly thrown: unknown },
    durationMs: number,
  ): Promise<never> {
    const policy = categoryPolicy[error.category];
    const last = !policy.retry || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    this.metrics.jobDuration.observe(
      { job: job.name, outcome: last ? 'failed' : 'retry' },
      durationMs / 1000,
    );
    this.log[policy.logLevel === 'error' ? 'error' : 'warn'](
      last ? 'job failed' : 'job will be tried again',
      { job: job.name, attempt: job.attemptsMade + 1, code: error.code, durationMs: Math.round(durationMs) },
      error,
    );
    // What is merely unavailable or late stays owed: its row is open and the sweep wakes a new job.
    if (last && !passes.includes(error.category)) {
      await this.dead.keep(job, thrown);
      const payload = processor.job.payload.safeParse(job.data);
      if (payload.success) await processor.exhausted?.(payload.data, error);
    }
    throw this.dead.tryOf(thrown, !policy.retry);
  }

  private delay(jobName: string, attempt: number): number {
    const backoff = this.processors.get(jobName)?.job.backoff ?? { firstMs: 1_000, maxMs: 30_000 };
    return backoffMs(backoff, attempt, Math.random());
  }
}

function parsePayload(processor: JobProcessor, data: unknown): unknown {
  const parsed = processor.job.payload.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'unprocessable',
    `Payload of job ${processor.job.name} has not the shape its definition demands.`,
  );
}

function onlyAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
