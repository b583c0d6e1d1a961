import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { paginate } from './paginate.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

const perPage = 100;

/** Facts stand for any list that grows at its beginning. */
async function happen(from: number, to: number): Promise<void> {
  await test.query(
    `insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
     select gen_random_uuid(), 'order.changed', 'order', 'IL260105IN1', n, 'test', 'c', '{}'
     from generate_series($1::int, $2::int) n`,
    [from, to],
  );
}

async function pageOf(page: number) {
  const query = test.database.db.selectFrom('events').select('aggregateVersion as version');
  const { items, pagination } = await paginate(test.database.db, query, 'position', String, {
    ...{ kind: 'page', page, perPage },
  });
  if (!('totalPages' in pagination)) throw new Error('A numbered page says how many there are');
  return { versions: items.map(({ version }) => version), ...pagination };
}

describe('a long list that is gone through page by page', () => {
  it('shows every row that was there at the beginning, however many are added meanwhile', async () => {
    await happen(1, 1_100);
    const seen = new Set<number>();
    for (let page = 1, last = 1; page <= last; page += 1) {
      const { versions, totalPages } = await pageOf(page);
      for (const version of versions) seen.add(version);
      last = totalPages;
      if (page === 2) await happen(1_101, 1_250);
    }
    expect(Array.from({ length: 1_100 }, (_, index) => index + 1).filter((n) => !seen.has(n))).toEqual([]);
  });

  it('never says that there are fewer rows than it shows', async () => {
    const { versions, total } = await pageOf(12);
    expect(versions).toHaveLength(perPage);
    expect(total).toBe(1_250);
  });
});
