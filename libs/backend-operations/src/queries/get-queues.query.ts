import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Heartbeat, Heartbeats, type QueueDepth, QueueDiscovery } from '@visapi/backend-queue';

/** One queue: what it holds, and what the workers that live say of their part in it. */
export interface QueueReport extends QueueDepth {
  /** Jobs that workers say they run at this moment. */
  readonly running: number;
  /** ISO; null = no worker that lives has ever taken one. */
  readonly lastTakenAt: string | null;
  /** Workers that take nothing while work waits, and since when. */
  readonly stuck: readonly { readonly worker: string; readonly since: string }[];
}

export interface QueuesReport {
  /** When the depths were counted; they are at most 30 s old. */
  readonly countedAt: string;
  readonly queues: readonly QueueReport[];
  readonly workers: readonly Pick<Heartbeat, 'worker' | 'startedAt' | 'seenAt' | 'lanes'>[];
}

/** Whether the queues move: what waits, who takes it, and which vendors are left alone for now. */
export class GetQueues extends Query<QueuesReport> {}

@QueryHandler(GetQueues)
export class GetQueuesHandler implements IQueryHandler<GetQueues> {
  constructor(
    private readonly discovery: QueueDiscovery,
    private readonly heartbeats: Heartbeats,
  ) {}

  /** @throws AppError `unavailable` while Redis is away */
  async execute(): Promise<QueuesReport> {
    const [{ at, queues }, beats] = await Promise.all([this.discovery.discover(), this.heartbeats.all()]);
    return {
      countedAt: at,
      queues: queues.map((depth) => ({ ...depth, ...progressOf(depth.name, beats) })),
      workers: beats.map(({ worker, startedAt, seenAt, lanes }) => ({ worker, startedAt, seenAt, lanes })),
    };
  }
}

function progressOf(name: string, beats: readonly Heartbeat[]) {
  const own = beats.flatMap(({ worker, queues }) =>
    queues.filter((queue) => queue.name === name).map((queue) => ({ ...queue, worker })),
  );
  const taken = own.flatMap(({ lastTakenAt }) => lastTakenAt ?? []).sort();
  return {
    running: own.reduce((sum, { running }) => sum + running, 0),
    lastTakenAt: taken.at(-1) ?? null,
    stuck: own.flatMap(({ worker, stuckSince: since }) => (since === null ? [] : [{ worker, since }])),
  };
}
