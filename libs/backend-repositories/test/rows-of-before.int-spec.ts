import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import pg from 'pg';
import { migrate } from '../src/db/migrate.js';

const product = join(import.meta.dirname, '../../../supabase/migrations');
const [extended, named, copied] = ['20261121201003', '20261121201004', '20261121201005'];
let test: TestDatabase;
let directory: string;

/** Migrates as somebody did who had only the files up to this one. */
async function migrateTo(last: string): Promise<void> {
  const files = (await readdir(product)).filter((file) => file.slice(0, last.length) <= last);
  for (const file of files) await cp(join(product, file), join(directory, file));
  await migrate({ databaseUrl: test.ownerUrl, directory });
}

/** Orders as they were written before, some without applicants, some encrypted, in every state of their way. */
const insertOrders = async (from: number, to: number) =>
  await test.query(
    `insert into orders (order_id, delivery_id, delivery_position, applied_position, first_received_at, branch,
       whatsapp_alerts_enabled, is_urgent, applicants, applicants_key_id, cbb_synced, whatsapp_confirmation_sent, processed_at)
     select 'IL' || n, gen_random_uuid(), n, n, now(), 'il', true, false,
       case when n % 3 > 0 then convert_to('[' || repeat(n::text, n % 900) || ']', 'UTF8') end, case when n % 7 = 0 then 'k1' end,
       n % 2 = 0, n % 5 > 0, case when n % 6 > 0 then now() end
     from generate_series($1::int, $2::int) as n`,
    [from, to],
  );
/** A contact and a message of each order, as they were planned before. */
const plan = async (from: number, to: number) =>
  await test.query(
    `insert into effects (id, kind, semantic_key, order_id, lane, state, correlation_id)
     select gen_random_uuid(), kind, kind || '/IL' || n, 'IL' || n, 'lane', 'planned', 'c'
     from generate_series($1::int, $2::int) as n cross join unnest(array['contact', 'message']) as kind`,
    [from, to],
  );
const applicants = (table: string) =>
  test.query(
    `select count(*)::int as rows, md5(string_agg(concat_ws('|', order_id, coalesce(applicants::text, '-'),
       coalesce(applicants_key_id, '-')), ',' order by order_id)) as content from ${table}`,
  );
const rows = () =>
  test.query(
    `select md5(string_agg((to_jsonb(o) - '{applicants,applicants_key_id,validity_days,review,imported_at,overdue_at,incomplete}'::text[])::text, ','
       order by order_id)) as content from orders o`,
  );
const purposes = () =>
  test.query('select kind, purpose, count(*)::int as effects from effects group by 1, 2 order by 1, 2');

beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
  await test.query(
    'drop schema public cascade; drop schema supabase_migrations cascade; create schema public',
  );
  await migrateTo('20261120');
  // More than are taken at a time, twice.
  await insertOrders(1, 10_500);
  await plan(1, 10_500);
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

describe('migrating a database that is in use', () => {
  it('names contacts without waiting for those that somebody is at work on', async () => {
    await migrateTo(extended);
    const worker = new pg.Client({ connectionString: test.ownerUrl });
    await worker.connect();
    await worker.query(`begin; select from effects where semantic_key = 'contact/IL7' for update`);
    await migrateTo(named);
    await worker.query('commit');
    await worker.end();
    expect(await purposes()).toEqual([
      { kind: 'contact', purpose: 'confirmation', effects: 1 },
      { kind: 'contact', purpose: 'contact', effects: 10_499 },
      { kind: 'message', purpose: 'confirmation', effects: 10_500 },
    ]);
  }, 60_000);

  it('moves the applicants of every order, also of those that are written while it happens, and loses nothing', async () => {
    await migrateTo(copied);
    await insertOrders(10_501, 10_510);
    await plan(10_501, 10_510);
    await test.query(`update orders set applicants = '[1]' where order_id in ('IL1', 'IL3', 'IL10501')`);
    await test.query(`update orders set applicants = null, applicants_key_id = null where order_id = 'IL14'`);
    const [before, untouched] = [await applicants('orders'), await rows()];
    expect(before).toEqual([{ rows: 10_510, content: expect.any(String) }]);

    await migrateTo('9');
    expect(await applicants('order_details')).toEqual(before);
    expect(await rows()).toEqual(untouched);
    const wrong = await test.query(
      `select from orders where incomplete <> (processed_at is null or not cbb_synced or not whatsapp_confirmation_sent)`,
    );
    expect(wrong).toEqual([]);
  }, 60_000);

  it('leaves every effect with its purpose, also those that were planned while it happened', async () => {
    expect(await purposes()).toEqual([
      { kind: 'contact', purpose: 'contact', effects: 10_510 },
      { kind: 'message', purpose: 'confirmation', effects: 10_510 },
    ]);
  });

  it('counts every order once', async () => {
    const counted = `select sum(orders)::int as orders from order_counts group by hours, respect`;
    expect(await test.query(`select distinct orders from (${counted}) c`)).toEqual([{ orders: 10_510 }]);
  });
});
