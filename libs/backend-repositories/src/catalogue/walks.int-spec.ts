import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { type RawBuilder, sql } from 'kysely';
import { hot } from './query.js';
import { walksOf } from './walks.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

const walks = async (statement: RawBuilder<unknown>, reads: readonly string[] = []) => {
  const query = hot('asked', (executor) => statement.execute(executor), { reads });
  return (await walksOf(test.database, [query])).flatMap((found) => found.walks);
};

describe('A plan made while the database is empty', () => {
  it('looks up what is asked for: it is kept while the tables grow', async () => {
    await expect(walksOf(test.database)).resolves.toEqual([]);
  });
});

describe('A plan is told of', () => {
  it('that goes through a table', async () => {
    await expect(walks(sql`select reason from effects where reason = ${'x'}`)).resolves.toEqual([
      'all of effects',
    ]);
  });

  it('that goes through an index, even one it is meant to look things up in', async () => {
    const ordered = sql`select order_id, client_name from orders where client_name = ${'x'} order by order_id limit 1`;
    await expect(walks(ordered, ['orders_pkey'])).resolves.toEqual(['all of orders_pkey']);
  });

  it('that goes through an index with a word of ours alone', async () => {
    const all = await walks(sql`select from deliveries where kind = 'order' and problems = ${'x'}`);
    expect(all).toEqual([`all of deliveries_body_key with (kind = 'order'::text)`]);
  });

  it('that asks an index for what it does not begin with', async () => {
    await test.query('create table asked (a int, b int)');
    await test.query('grant select on asked to visapi_app');
    await test.query('create index asked_idx on asked (a, b)');
    await expect(walks(sql`select b from asked where b = ${1}`)).resolves.toEqual([
      'all of asked_idx with (b = $1)',
    ]);
  });

  it('that does not read the index it was given: another one is asked for what all history has', async () => {
    const typed = sql`select e.position from unnest(${[1]}::bigint[]) as fact (position)
      join events e on e.position = any(array[fact.position]) where e.type = any(${['order.created']}::text[])`;
    await expect(walks(typed, ['events_pkey'])).resolves.toEqual(['does not read events_pkey']);
  });

  it('unless it reads the first of an index, or an index of few rows that was made for it', async () => {
    await expect(walks(sql`select max(position) from events`)).resolves.toEqual([]);
    const waiting = sql`select id from effects where state || '' = 'planned' and reason = ${'x'}`;
    await expect(walks(waiting)).resolves.toEqual(['all of effects_due_idx']);
    await expect(walks(waiting, ['effects_due_idx'])).resolves.toEqual([]);
  });
});
