import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
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
  await test.query('create table let_go ()');
  await test.query('grant select on let_go to visapi_app');
  await test.query(`create function wait_for_the_test() returns trigger language plpgsql as $$
    begin while not exists (select from let_go) loop perform pg_sleep(0.01); end loop; return null; end $$`);
  await test.query(`create constraint trigger at_commit after insert on noted deferrable initially deferred
    for each row execute function wait_for_the_test()`);
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
    const looked = jest.spyOn(worker.get(EventsRepository), 'toldOf');
    way.cut();
    // It is back and has found nothing committed yet: it has to go on looking.
    await until(
      async () => await Promise.allSettled(looked.mock.results.map(({ value }) => value)),
      (answers) => answers.some(({ status }) => status === 'fulfilled'),
    );
    expect(await noted()).toEqual([]);
    await test.query('insert into let_go default values');
    await until(noted, (rows) => rows.length === 1);
    await until(
      () => Promise.resolve(shown),
      (counts) => counts.at(-1) === 1,
    );
    expect(shown.at(0)).toBe(0);
  });
});
