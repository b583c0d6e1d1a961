import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { Jobs, QueueModule } from '@visapi/backend-queue';
import type { Executor } from '@visapi/backend-repositories';
import { BacklogRepository, EventsRepository } from '@visapi/backend-repositories/events';
import {
  createTestContext,
  createTestDatabase,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { EventsModule } from './events.module.js';
import { FactTeller } from './fact-teller.js';
import { defineHandler, type FactDelivery, Handles } from './handler.js';
import { OutboxRelay } from './outbox-relay.js';

const policy = {
  attempts: 1_000,
  backoff: { firstMs: 1, maxMs: 5 },
  types: ['order.created', 'order.changed'],
} as const;
/** Writes rows alone. */
const journal = defineHandler({ ...policy, name: 'journal', outsideEffects: false });
/** Does something that no transaction takes back. */
const caller = defineHandler({ ...policy, name: 'caller', outsideEffects: true });

const points = [
  'before take',
  'after take',
  'redis away',
  'after jobs',
  'after lock',
  'in journal',
  'journal has written',
  'in caller',
  'caller has called',
  'after a handler',
  'before mark',
  'after mark',
] as const;
type Point = (typeof points)[number];

/** What happens at each point, by a seed: mostly nothing. */
class Fate {
  readonly hits = new Map<Point, number>();
  private state: number;

  constructor(
    readonly seed: number,
    private left: number,
    private readonly kill: (pid: number) => Promise<void>,
  ) {
    this.state = seed;
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  async pass(point: Point, executor?: Executor): Promise<void> {
    const hits = this.hits.get(point) ?? 0;
    // Points that were not struck yet come first, so that each is.
    if (this.left === 0 || this.random() > (hits === 0 ? 0.5 : 0.06)) return;
    this.left -= 1;
    this.hits.set(point, hits + 1);
    if (executor && this.random() < 0.5) {
      const [row] = await executor
        .selectNoFrom((each) => each.fn<number>('pg_backend_pid', []).as('pid'))
        .execute();
      await this.kill(row?.pid ?? 0);
    }
    throw point === 'redis away'
      ? new AppError('unavailable', 'Redis is away.')
      : new Error(`crash: ${point}`);
  }

  /** Mulberry32. */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let workers: INestApplicationContext[] = [];
let fate: Fate;
let called: [aggregate: string, version: number][] = [];

@Injectable()
class Handlers {
  @Handles(journal)
  async note({ executor, facts }: FactDelivery): Promise<void> {
    await fate.pass('in journal', executor);
    for (const { aggregateId, aggregateVersion } of facts)
      await executor
        .insertInto('noted' as never)
        .values({ aggregateId, version: aggregateVersion })
        .execute();
    await fate.pass('journal has written', executor);
  }

  @Handles(caller)
  async call({ executor, facts }: FactDelivery): Promise<void> {
    await fate.pass('in caller', executor);
    for (const { aggregateId, aggregateVersion } of facts) called.push([aggregateId, aggregateVersion]);
    await fate.pass('caller has called', executor);
  }
}

@Module({ providers: [Handlers] })
class HandlersModule {}

beforeAll(async () => {
  test = await createTestDatabase();
  await test.query('create table noted (id bigserial primary key, aggregate_id text, version integer)');
  await test.query('grant select, insert on noted to visapi_app; grant usage on noted_id_seq to visapi_app');
});
beforeEach(async () => {
  redis = await takeTestRedis();
  called = [];
  fate = new Fate(1, 0, () => Promise.resolve());
  await test.query('truncate events, outbox, noted, handler_backlog, dead_letters');
});
afterEach(async () => {
  for (const worker of workers) {
    await worker.get(OutboxRelay).stop();
    await worker.close();
  }
  workers = [];
  await redis.close();
});
afterAll(async () => await test.drop());

/** A worker that may be struck wherever it is between the commit of a fact and its mark. */
async function startWorker(): Promise<void> {
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  const app = await createTestContext(test.url, [queue, EventsModule, HandlersModule]);
  workers.push(app);
  const [events, jobs, backlog, teller] = [
    app.get(EventsRepository),
    app.get(Jobs),
    app.get(BacklogRepository),
    app.get(FactTeller),
  ];
  const [take, mark, enqueue, blocks, attempt] = [
    events.takeUndispatched.bind(events),
    events.removeDispatched.bind(events),
    jobs.enqueue.bind(jobs),
    backlog.blocks.bind(backlog),
    teller.attempt.bind(teller),
  ];
  events.takeUndispatched = async (executor, ...rest) => {
    await fate.pass('before take', executor);
    const taken = await take(executor, ...rest);
    await fate.pass('after take', executor);
    return taken;
  };
  jobs.enqueue = async (requests) => {
    await fate.pass('redis away');
    await enqueue(requests);
    await fate.pass('after jobs');
  };
  backlog.blocks = async (executor, ...rest) => {
    await fate.pass('after lock', executor);
    return await blocks(executor, ...rest);
  };
  teller.attempt = async (executor, ...rest) => {
    const outcome = await attempt(executor, ...rest);
    await fate.pass('after a handler', executor);
    return outcome;
  };
  events.removeDispatched = async (executor, positions) => {
    await fate.pass('before mark', executor);
    await mark(executor, positions);
    await fate.pass('after mark', executor);
  };
  app.get(OutboxRelay).start([], 10);
}

const versions = new Map<string, number>();

async function happen(aggregateId: string): Promise<void> {
  const aggregateVersion = (versions.get(aggregateId) ?? 0) + 1;
  versions.set(aggregateId, aggregateVersion);
  await new EventsRepository().append(test.database.db, {
    ...{
      type: aggregateVersion === 1 ? 'order.created' : 'order.changed',
      aggregateType: 'order',
      aggregateId,
    },
    ...{ aggregateVersion, actor: 'test', correlationId: 'c', payload: {} },
  });
}

const open = async () =>
  Number(
    (
      await test.query<{ n: string }>(
        `select (select count(*) from outbox)
           + (select count(*) from handler_backlog where state in ('waiting', 'dead')) as n`,
      )
    )[0]?.n,
  );

const upTo = (version: number) => Array.from({ length: version }, (_none, index) => index + 1);

describe('handlers of facts', () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

  it(`see every fact at least once and in order through 100 crashes of two relays (CRASH_SEED=${seed})`, async () => {
    versions.clear();
    fate = new Fate(seed, 100, async (pid) => {
      await test.query('select pg_terminate_backend($1)', [pid]);
    });
    await startWorker();
    await startWorker();
    const aggregates = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    await until(
      async () => {
        for (let index = 0; index < 8; index += 1)
          await happen(aggregates[Math.floor(fate.random() * aggregates.length)] ?? 'A');
        return fate.isOver;
      },
      (over) => over,
      60_000,
    );
    await until(open, (left) => left === 0, 30_000);
    expect([...fate.hits.keys()].sort()).toEqual([...points].sort());
    for (const [aggregate, version] of versions) {
      // Rows alone: exactly once. The mark and the rows are one commit.
      const noted = await test.query<{ version: number }>(
        'select version from noted where aggregate_id = $1 order by id',
        [aggregate],
      );
      expect(noted.map((row) => row.version)).toEqual(upTo(version));
      const seen = called.filter(([id]) => id === aggregate).map(([, told]) => told);
      expect([...new Set(seen)]).toEqual(upTo(version));
      // After a crash some are told again, from there on in order.
      for (const [index, told] of seen.entries())
        expect(told).toBeLessThanOrEqual((seen[index - 1] ?? 0) + 1);
    }
  }, 120_000);
});
