import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@visapi/backend-repositories';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestDatabase,
  type CuttableWay,
  openCuttableWay,
  plantOrder,
  type TestDatabase,
  testEncryption,
  until,
} from '@visapi/backend-testing';
import { MessageJournal } from './message-journal.js';

let test: TestDatabase;
let way: CuttableWay;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.query(`create function take_time() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.4); return new; end $$`);
  await test.query(`create trigger take_time before update on effects for each row
    when (new.state = 'claimed' and old.state = 'planned') execute function take_time()`);
  way = await openCuttableWay(test.url);
  database = Database.open({ url: way.url, poolMax: 4 }, 'visapi-far', () => undefined, testEncryption);
});
afterAll(async () => {
  await database.close();
  way.close();
  await test.drop();
});

const claimsUnderWay = async () =>
  await test.query(
    `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
  );

/** The network goes while Postgres is at the claim. */
async function cutWhileClaiming(): Promise<void> {
  await until(claimsUnderWay, (rows) => rows.length > 0);
  way.cut();
}

describe('a claim whose worker loses its connection while Postgres makes it', () => {
  it.each([
    ['alone', 1],
    ['together with others', 3],
  ])('does not stand when it was made %s: nothing was sent, so nothing is unknown', async (_name, count) => {
    const journal = new MessageJournal(database, new MessagesRepository(), 3_600);
    const orders = [];
    for (let index = 0; index < count; index += 1) orders.push(await plantOrder(test));
    const claims = orders.map(async ({ messageId }) => await journal.claim(messageId));
    const [results] = await Promise.all([Promise.allSettled(claims), cutWhileClaiming()]);
    expect(results.map(({ status }) => status)).toEqual(orders.map(() => 'rejected'));
    await until(claimsUnderWay, (rows) => rows.length === 0);
    const states = await test.query('select state from effects where id = any($1)', [
      orders.map(({ messageId }) => messageId),
    ]);
    expect(states).toEqual(orders.map(() => ({ state: 'planned' })));
  });
});
