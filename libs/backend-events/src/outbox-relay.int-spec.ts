import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@visapi/backend-observability';
import { defineJob, Jobs, QueueModule } from '@visapi/backend-queue';
import { EventsRepository } from '@visapi/backend-repositories/events';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  queueConfig,
  quietLog,
  takeTestRedis,
  type TestDatabase,
  until,
  viziOrder,
} from '@visapi/backend-testing';
import type { INestApplicationContext } from '@nestjs/common';
import { z } from 'zod';
import { Backlog } from './backlog.js';
import { EventsModule } from './events.module.js';
import { FactNews } from './fact-news.js';
import { FactTeller } from './fact-teller.js';
import { HandlerBus } from './handler-bus.js';
import { LiveFacts } from './live-facts.js';
import { OutboxRelay } from './outbox-relay.js';
import { subscribe } from './subscription.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
let relays: OutboxRelay[] = [];
let counter = 0;

const job = defineJob({
  name: 'note-delivery',
  queue: 'orders',
  payload: z.object({ deliveryId: z.string() }),
  attempts: 1,
  backoff: { firstMs: 1, maxMs: 1 },
});
const subscription = subscribe('delivery.received', ({ aggregateId }) => [
  job.request(aggregateId, { deliveryId: aggregateId }),
]);

beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  redis = await takeTestRedis();
  app = await open(redis.url);
  await test.query('truncate outbox');
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await app.close();
  await redis.close();
});
afterAll(async () => await test.drop());

async function open(url: string) {
  return await createTestContext(test.url, [QueueModule.forRoot(queueConfig(url)), EventsModule]);
}

/** A relay of its own, as another process would have it. */
function relay(jobs: Jobs = app.get(Jobs), events = new EventsRepository()): OutboxRelay {
  const made = new OutboxRelay(
    test.database,
    events,
    jobs,
    new LiveFacts(app.get(HandlerBus), app.get(FactTeller)),
    app.get(Backlog),
    new FactNews(quietLog),
    quietLog,
    new Metrics(),
  );
  relays.push(made);
  made.start([subscription], 10);
  return made;
}

async function deliverSome(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1)
    ids.push(
      (await deliver(test.database, viziOrder({ order: { id: `IL260105IN${(counter += 1)}` } }))).deliveryId,
    );
  return ids;
}

const undispatched = async () =>
  Number((await test.query<{ n: string }>('select count(*) as n from outbox'))[0]?.n);
const allDispatched = async () => await until(undispatched, (left) => left === 0);
/** Every job that was ever added, in order: BullMQ counts them, and the ids stand in the waiting list. */
const waiting = async () => (await redis.redis.lrange('visapi:orders:wait', 0, -1)).reverse();

describe('the outbox relay', () => {
  it('hands each committed event on as a job, oldest first, and takes it out of the outbox', async () => {
    const ids = await deliverSome(25);
    relay();
    await allDispatched();
    await expect(waiting()).resolves.toEqual(ids.map((id) => `note-delivery-${id}`));
  });

  it('repeats a batch harmlessly when it dies between adding the jobs and deleting the rows', async () => {
    const ids = await deliverSome(5);
    class Dying extends EventsRepository {
      left = 3;
      override async removeDispatched(...given: Parameters<EventsRepository['removeDispatched']>) {
        this.left -= 1;
        if (this.left >= 0) throw new Error('died here');
        await super.removeDispatched(...given);
      }
    }
    relay(app.get(Jobs), new Dying());
    await allDispatched();
    await expect(waiting()).resolves.toEqual(ids.map((id) => `note-delivery-${id}`));
  });

  it('hands each event on once in total, however many relays run', async () => {
    const added: string[] = [];
    const jobs = app.get(Jobs);
    const counting = Object.assign(Object.create(jobs) as Jobs, {
      enqueue: async (requests: Parameters<Jobs['enqueue']>[0]) => {
        added.push(...requests.map(({ id }) => id));
        await jobs.enqueue(requests);
      },
    });
    const ids = await deliverSome(100);
    for (let index = 0; index < 3; index += 1) relay(counting);
    await allDispatched();
    expect(added.sort()).toEqual(ids.map((id) => `note-delivery-${id}`).sort());
  });

  it('takes nothing out while Redis is away', async () => {
    const away = await open('redis://127.0.0.1:1');
    const tried = Promise.withResolvers<void>();
    class Watched extends EventsRepository {
      override async takeUndispatched(...given: Parameters<EventsRepository['takeUndispatched']>) {
        const taken = await super.takeUndispatched(...given);
        tried.resolve();
        return taken;
      }
    }
    await deliverSome(3);
    const waitingForRedis = relay(away.get(Jobs), new Watched());
    await tried.promise;
    await waitingForRedis.stop();
    await expect(undispatched()).resolves.toBe(3);
    await away.close();
    relay();
    await allDispatched();
    await expect(waiting()).resolves.toHaveLength(3);
  });

  it('is not held up by an event that does not fit its contract, or that nobody subscribed to', async () => {
    await test.query(
      `insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload) values
       (gen_random_uuid(), 'delivery.received', 'delivery', 'odd', 1, 'test', 'c', '[1]'),
       (gen_random_uuid(), 'order.renamed', 'order', 'odd', 1, 'test', 'c', '{}')`,
    );
    const [id] = await deliverSome(1);
    relay();
    await allDispatched();
    await expect(waiting()).resolves.toEqual([`note-delivery-${id}`]);
  });

  it('takes up what is committed while it idles', async () => {
    relay();
    await allDispatched();
    const [id] = await deliverSome(1);
    await until(waiting, (ids) => ids.length > 0);
    await expect(waiting()).resolves.toEqual([`note-delivery-${id}`]);
  });
});
