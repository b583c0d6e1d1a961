import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, incoming, type TestDatabase, until } from '@visapi/backend-testing';
import { sql } from 'kysely';
import { receiveDeliveries } from './receive-deliveries.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

/** What statements have read of the table so far, once the server has counted that many looks at its indexes. */
async function readSoFar(looks: number): Promise<{ looks: number; entries: number }> {
  return await until(
    async () => {
      await sql`select pg_stat_force_next_flush()`.execute(test.database.db);
      const [sums] = await test.query<{ looks: number; entries: number }>(
        `select sum(idx_scan)::int as looks, sum(idx_tup_read)::int as entries from pg_stat_user_indexes
         where relname = 'deliveries'`,
      );
      return sums ?? { looks: 0, entries: 0 };
    },
    (sums) => sums.looks >= looks,
  );
}

describe('storing deliveries', () => {
  it('looks at no delivery but its own, though it was planned while there was none', async () => {
    const [batches, size] = [40, 50];
    for (let batch = 0; batch < batches; batch += 1) {
      const deliveries = Array.from({ length: size }, (_, index) =>
        incoming({ order: { id: `IL260105IN${batch * size + index}` } }),
      );
      await receiveDeliveries(test.database.db, deliveries);
    }
    // Per delivery one look for its body and one for its order id; both find nothing, so nothing is read.
    const { entries } = await readSoFar(2 * batches * size);
    expect(entries).toBe(0);
  });
});
