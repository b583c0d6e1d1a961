import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';
import type { Executor } from './database.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

async function planning(executor: Executor) {
  const result = await sql<{ mode: string; scans: string }>`select
    current_setting('plan_cache_mode') as mode, current_setting('enable_seqscan') as scans`.execute(executor);
  return result.rows[0];
}

describe('how statements are planned', () => {
  it('once, for whatever values come, where orders pass', async () => {
    await expect(planning(test.database.db)).resolves.toEqual({ mode: 'force_generic_plan', scans: 'off' });
  });

  it('for their own values in a report, which leaves nothing of that behind', async () => {
    const inReport = await test.database.report(planning);
    expect(inReport).toEqual({ mode: 'auto', scans: 'on' });
    await expect(planning(test.database.db)).resolves.toEqual({ mode: 'force_generic_plan', scans: 'off' });
  });
});
