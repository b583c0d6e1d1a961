import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Why somebody should look: unknown outcomes, refusals, work open for too long, or waiting for a cause to be mended. */
export const attentionReasons = ['uncertain', 'failed', 'open', 'parked'] as const;
export type AttentionReason = (typeof attentionReasons)[number];

/** How a vendor's lane may stand: calls go, none go, one tries, or none until somebody mends the cause. */
export const laneStates = ['closed', 'open', 'half-open', 'parked'] as const;

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Every metric of the system, with one registry per process. Labels come from closed sets only. */
export class Metrics {
  private readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'visapi_http_request_duration_seconds',
    help: 'Time from the request’s arrival to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: seconds,
    registers: [this.registry],
  });

  readonly rateLimited = new Counter({
    name: 'visapi_rate_limited_total',
    help: 'Requests above a limit, by the budget that was used up and who had it',
    labelNames: ['budget', 'caller'] as const,
    registers: [this.registry],
  });

  readonly deliveries = new Counter({
    name: 'visapi_deliveries_total',
    help: 'Deliveries answered, by source and outcome (repeats count as duplicate)',
    labelNames: ['source', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly inboxBatch = new Histogram({
    name: 'visapi_inbox_statement_deliveries',
    help: 'Deliveries that shared one statement and its commit',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [this.registry],
  });

  readonly jobDuration = new Histogram({
    name: 'visapi_job_duration_seconds',
    help: 'Time a job ran, by job and outcome',
    labelNames: ['job', 'outcome'] as const,
    buckets: seconds,
    registers: [this.registry],
  });

  readonly busDuration = new Histogram({
    name: 'visapi_bus_duration_seconds',
    help: 'Time of a command or query, by its class and outcome: ok, the code of an expected error, or failure',
    labelNames: ['kind', 'name', 'outcome'] as const,
    buckets: seconds,
    registers: [this.registry],
  });

  readonly cacheHits = new Counter({
    name: 'visapi_cache_hits_total',
    help: 'Cached reads that were answered without their source, by key family and tier (reads that shared one count)',
    labelNames: ['family', 'tier'] as const,
    registers: [this.registry],
  });

  readonly cacheMisses = new Counter({
    name: 'visapi_cache_misses_total',
    help: 'Cached reads that asked their source, by key family',
    labelNames: ['family'] as const,
    registers: [this.registry],
  });

  readonly relayed = new Counter({
    name: 'visapi_outbox_dispatched_total',
    help: 'Events handed on by the outbox relay',
    registers: [this.registry],
  });

  readonly relayLag = new Gauge({
    name: 'visapi_outbox_lag_seconds',
    help: 'Age of the oldest event in the last batch the relay took; 0 when there was none',
    registers: [this.registry],
  });

  readonly laneState = new Gauge({
    name: 'visapi_lane_state',
    help: 'Whether this process calls the vendor by the lane: 1 for the state it is in, 0 for the others',
    labelNames: ['lane', 'state'] as const,
    registers: [this.registry],
  });

  readonly queueOldestWaiting = new Gauge({
    name: 'visapi_queue_oldest_waiting_seconds',
    help: 'How long the job that is next to be taken has been ready; 0 when none waits',
    labelNames: ['queue'] as const,
    registers: [this.registry],
  });

  readonly queueLastTaken = new Gauge({
    name: 'visapi_queue_last_taken_timestamp',
    help: 'When this process last took a job of the queue, in seconds since 1970',
    labelNames: ['queue'] as const,
    registers: [this.registry],
  });

  readonly queueDepth = new Gauge({
    name: 'visapi_queue_jobs',
    help: 'Jobs of the queue by state, at most 30 s old; every worker shows the same numbers',
    labelNames: ['queue', 'state'] as const,
    registers: [this.registry],
  });

  readonly healed = new Counter({
    name: 'visapi_sweep_healed_total',
    help: 'Rows that the sweep put back to work or settled, by what was wrong',
    labelNames: ['what'] as const,
    registers: [this.registry],
  });

  readonly attention = new Gauge({
    name: 'visapi_attention',
    help: 'Orders that need a look: message outcome unknown, effect failed, or delivery open for more than 5 minutes',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly logLinesDropped = new Counter({
    name: 'visapi_log_lines_dropped_total',
    help: 'Lines of the log that the database does not hold: no room to wait (full), or not taken (refused)',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly retired = new Counter({
    name: 'visapi_retention_removed_total',
    help: 'What had grown old and was taken away: log lines, whole months of them, bytes of settled deliveries, answers to keys',
    labelNames: ['what'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async render(): Promise<string> {
    return await this.registry.metrics();
  }
}
