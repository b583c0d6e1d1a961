import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueueModule } from '@visapi/backend-queue';
import { EventsRepository } from '@visapi/backend-repositories/events';
import {
  createTestContext,
  createTestDatabase,
  type CuttableWay,
  openCuttableWay,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { EventsModule } from './events.module.js';
import { defineHandler, type FactDelivery, Handles } from './handler.js';
import { OutboxRelay } from './outbox-relay.js';

const writer = defineHandler({
  name: 'writer',
  types: ['order.changed'],
  ...{ attempts: 3, backoff: { firstMs: 1, maxMs: 2 }, outsideEffects: false },
});

@Injectable()
class Writer {
  @Handles(writer)
  async write({ executor, facts }: FactDelivery): Promise<void> {
    for (const { aggregateId } of facts)
      await executor
        .insertInto('noted' as never)
        .values({ aggregateId })
        .execute();
  }
}

@Module({ providers: [Writer] })
class WriterModule {}

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let way: CuttableWay;
let worker: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await test.query('create table noted (aggregate_id text)');
  await test.query('grant insert on noted to visapi_app');
  await test.query(`create function take_time() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.4); return null; end $$`);
  await test.query(`create constraint trigger take_time after insert on noted deferrable initially deferred
    for each row execute function take_time()`);
  way = await openCuttableWay(test.url);
  worker = await createTestContext(way.url, [
    QueueModule.forRoot(queueConfig(redis.url)),
    EventsModule,
    WriterModule,
  ]);
});
afterAll(async () => {
  await worker.get(OutboxRelay).stop();
  await worker.close();
  way.close();
  await redis.close();
  await test.drop();
});

const committing = async () =>
  await test.query(
    `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
  );
const noted = async () => await test.query('select aggregate_id from noted');

describe('a relay that loses its connection while Postgres commits what handlers wrote', () => {
  it('has reads forget what they showed before it all the same', async () => {
    const shown: number[] = [];
    worker.get(OutboxRelay).start([], 10, async () => void shown.push((await noted()).length));
    await new EventsRepository().append(test.database.db, {
      ...{ type: 'order.changed', aggregateType: 'order', aggregateId: 'IL260105IN1', aggregateVersion: 1 },
      ...{ actor: 'test', correlationId: 'c', payload: {} },
    });
    await until(committing, (rows) => rows.length > 0);
    way.cut();
    await until(noted, (rows) => rows.length === 1);
    await until(
      () => Promise.resolve(shown),
      (counts) => counts.at(-1) === 1,
    );
    expect(shown.at(0)).toBe(0);
  });
});
