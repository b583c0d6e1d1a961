import type { JobDefinition, JobRequest } from './define-job.js';

/** How a job ended, for its log line and metric. */
export interface JobResult {
  /** From a small closed set per job, e.g. "accepted", "retry", "not-mine". */
  readonly outcome: string;
  readonly event?: string;
  readonly orderId?: string | null;
  readonly reason?: string | null;
  readonly correlationId?: string;
  readonly attempt?: number;
  /** True when a person should look; the line is then written as an error. */
  readonly attention?: boolean;
  /** Jobs to add now. Losing them loses time only: the rows behind them are found by the sweep. */
  readonly next?: readonly JobRequest[];
}

/** Runs the jobs of one definition: claim a row, run one command or make one vendor call, mark the row. */
export interface JobProcessor<P = unknown> {
  readonly job: JobDefinition<P>;
  handle(payload: P): Promise<JobResult | readonly JobResult[]>;
  /**
   * Called when the last attempt failed with something that will not pass: the row must not stay "pending" for ever. A
   * payload that cannot be read names no row.
   */
  exhausted?(payload: P, error: Error): Promise<void>;
}
