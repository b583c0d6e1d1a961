import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Repeat } from '@visapi/backend-kernel';
import { Log, Metrics } from '@visapi/backend-observability';
import { type QueueName, queueNames } from './define-job.js';
import { Heartbeats, type LaneReport } from './heartbeats.js';
import { JobRunner } from './job-runner.js';
import { jobStates, QueueDiscovery } from './queue-discovery.js';
import { follow, type QueueProgress, unseen } from './queue-progress.js';

interface WatchOptions {
  /** Work that waits this long while this process takes none makes it unready; as long again, and it ends itself. */
  readonly stuckAfterMs: number;
  /** Jobs of a queue that this process runs at once. */
  readonly concurrency: (queue: QueueName) => number;
  readonly lanes: () => readonly LaneReport[];
  /** Ends the process, so that whoever started it starts it again. */
  readonly restart: (why: string) => void;
}

interface ProgressCheck {
  readonly state: 'up' | 'down';
  readonly needed: true;
  readonly detail?: string;
}

const longestRoundMs = 5_000;
const hungAfterMs = 600_000;

/** Sees whether the queues move, says so to probes, metrics and other processes, and ends a process that is deaf. */
@Injectable()
export class QueueWatch {
  /** Told apart from its predecessor on the same machine, whose heart may seem to beat for a while. */
  readonly worker = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  private readonly startedAt = new Date();
  private readonly progress = new Map<QueueName, QueueProgress>();
  private readonly stuckAt = new Map<QueueName, Date>();
  private readonly waiting = new Map<QueueName, number>();
  private options: WatchOptions | undefined;
  private repeat: Repeat | undefined;

  constructor(
    private readonly runner: JobRunner,
    private readonly discovery: QueueDiscovery,
    private readonly heartbeats: Heartbeats,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  start(options: WatchOptions): void {
    this.options = options;
    const everyMs = Math.min(options.stuckAfterMs / 4 || longestRoundMs, longestRoundMs);
    this.repeat = new Repeat(() => this.look(), everyMs);
    this.repeat.start();
  }

  async stop(): Promise<void> {
    await this.repeat?.stop();
    // Redis may be away, and then nobody sees the heart anyway.
    await this.heartbeats.leave(this.worker).catch(() => undefined);
  }

  check(): ProgressCheck {
    const stuck = queueNames.filter((queue) => this.stuckAt.has(queue));
    if (stuck.length === 0) return { state: 'up', needed: true };
    return { state: 'down', needed: true, detail: stuck.map((queue) => this.describe(queue)).join('; ') };
  }

  /** One look at every queue; never throws. */
  async look(): Promise<void> {
    await Promise.all(queueNames.map((queue) => this.lookAt(queue)));
    const stuck = queueNames.find((queue) => this.isLost(queue));
    if (stuck !== undefined) this.options?.restart(this.describe(stuck));
    try {
      for (const { name, counts } of (await this.discovery.discover()).queues)
        for (const state of jobStates) this.metrics.queueDepth.set({ queue: name, state }, counts[state]);
      await this.heartbeats.beat(this.beat());
    } catch (error) {
      this.log.warn('queues not reported', {}, error);
    }
  }

  private async lookAt(queue: QueueName): Promise<void> {
    if (!this.options) return;
    const { stuckAfterMs, concurrency } = this.options;
    const limits = { stuckAfterMs, concurrency: concurrency(queue), hungAfterMs };
    const activity = this.runner.running.of(queue);
    // Redis being away is said by another check, and is no fault of this process.
    const look = await this.discovery.look(queue).catch(() => undefined);
    const now = performance.now();
    const progress = follow(this.progress.get(queue) ?? unseen, look, activity, now, limits);
    this.progress.set(queue, progress);
    this.waiting.set(queue, look?.waiting ?? 0);
    this.tell(queue, progress);
    if (look) this.metrics.queueOldestWaiting.set({ queue }, look.oldestWaitingSeconds);
    if (activity.takenAt) this.metrics.queueLastTaken.set({ queue }, activity.takenAt.getTime() / 1000);
  }

  /** Says aloud what is new. */
  private tell(queue: QueueName, { stuckSince }: QueueProgress): void {
    const was = this.stuckAt.get(queue);
    if (stuckSince === undefined) {
      this.stuckAt.delete(queue);
      if (was) this.log.warn('queue moves again', { queue });
    } else if (!was) {
      this.stuckAt.set(queue, new Date());
      this.log.error('queue is stuck', { queue, reason: this.describe(queue) });
    }
  }

  private isLost(queue: QueueName): boolean {
    const since = this.progress.get(queue)?.stuckSince;
    return since !== undefined && performance.now() - since > (this.options?.stuckAfterMs ?? 0);
  }

  private describe(queue: QueueName): string {
    const { takenAt, running } = this.runner.running.of(queue);
    const since = this.stuckAt.get(queue)?.toISOString() ?? 'now';
    const taken = takenAt ? `it last took one at ${takenAt.toISOString()}` : 'it has never taken one';
    return `queue ${queue} is stuck since ${since}: ${this.waiting.get(queue) ?? 0} jobs wait, this worker runs ${running} and takes none; ${taken}`;
  }

  private beat() {
    const queues = queueNames.map((name) => {
      const { running, takenAt } = this.runner.running.of(name);
      const stuckSince = this.stuckAt.get(name)?.toISOString() ?? null;
      return { name, running, lastTakenAt: takenAt?.toISOString() ?? null, stuckSince };
    });
    return {
      worker: this.worker,
      startedAt: this.startedAt.toISOString(),
      seenAt: new Date().toISOString(),
      queues,
      lanes: [...(this.options?.lanes() ?? [])],
    };
  }
}
