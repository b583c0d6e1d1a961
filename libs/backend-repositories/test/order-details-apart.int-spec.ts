import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { migrate } from '../src/db/migrate.js';

const product = join(import.meta.dirname, '../../../supabase/migrations');
const expansion = '20261121150000';
let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
  await test.query(
    'drop schema public cascade; drop schema supabase_migrations cascade; create schema public',
  );
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

/** Migrates as somebody did who had only the files up to this one. */
async function migrateTo(last: string): Promise<void> {
  const files = (await readdir(product)).filter((file) => file.slice(0, last.length) <= last);
  for (const file of files) await cp(join(product, file), join(directory, file));
  await migrate({ databaseUrl: test.ownerUrl, directory });
}

/** Orders as they were written before, some without applicants, some without details, some with nulls alone. */
const insert = async (from: number, to: number) =>
  await test.query(
    `insert into orders (order_id, delivery_id, delivery_position, applied_position, first_received_at, branch,
       whatsapp_alerts_enabled, is_urgent, applicants, applicants_key_id, details, details_key_id, cbb_synced,
       whatsapp_confirmation_sent, processed_at)
     select 'IL' || n, gen_random_uuid(), n, n, now(), 'il', true, false,
       case when n % 3 > 0 then convert_to('[' || repeat(n::text, n % 50) || ']', 'UTF8') end, case when n % 7 = 0 then 'k1' end,
       case when n % 4 > 0 then convert_to('{' || repeat(n::text, n % 900) || '}', 'UTF8') end, case when n % 9 = 0 then 'k2' end,
       n % 2 = 0, n % 5 > 0, case when n % 6 > 0 then now() end
     from generate_series($1::int, $2::int) as n`,
    [from, to],
  );
const apart = (table: string) =>
  test.query(
    `select count(*)::int as rows, md5(string_agg(concat_ws('|', order_id, coalesce(applicants::text, '-'), coalesce(applicants_key_id, '-'),
       coalesce(details::text, '-'), coalesce(details_key_id, '-')), ',' order by order_id)) as content from ${table}`,
  );
const rows = () =>
  test.query(
    `select md5(string_agg((to_jsonb(o) - '{applicants,applicants_key_id,details,details_key_id,incomplete}'::text[])::text, ','
       order by order_id)) as content from orders o`,
  );

it('moves the details of every order, also of those that are written while it happens, and loses nothing', async () => {
  await migrateTo('20261121149999');
  // More than are copied at a time, twice.
  await insert(1, 10_500);
  await migrateTo(expansion);
  await insert(10_501, 10_510);
  await test.query(`update orders set details = '{"changed":1}' where order_id in ('IL1', 'IL4', 'IL10501')`);
  const [before, untouched] = [await apart('orders'), await rows()];
  expect(before).toEqual([{ rows: 10_510, content: expect.any(String) }]);

  await migrateTo('9');
  expect(await apart('order_details')).toEqual(before);
  expect(await rows()).toEqual(untouched);
  const wrong = await test.query(
    `select from orders where incomplete <> (processed_at is null or not cbb_synced or not whatsapp_confirmation_sent)`,
  );
  expect(wrong).toEqual([]);
}, 60_000);
