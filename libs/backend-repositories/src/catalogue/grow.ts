import type { Query } from './grown-rows.js';
import { grownRows, grownTables } from './grown-rows.js';

/** Runs SQL as the owner of the schema, always on one session. */
type Run = (text: string) => Promise<readonly Query[]>;

/**
 * Fills a migrated, empty database with a year of orders that ends now, and with all that they leave behind: deliveries
 * with bodies, effects, messages, receipts, facts, contacts, applicants, records. A million takes minutes: indexes are
 * made afterwards, and references are not looked up.
 * @param told hears of each step when it begins
 */
export async function grow(
  run: Run,
  orders: number,
  told: (step: string) => void = () => undefined,
): Promise<void> {
  await run(
    `set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '128MB'`,
  );
  const removed = await indexes(run);
  for (const { drop } of removed) await run(String(drop));
  for (const { step, text } of grownRows(orders)) {
    told(step);
    await run(text);
  }
  told('indexes');
  for (const { make } of removed) await run(String(make));
  await run('reset session_replication_role; reset maintenance_work_mem; reset work_mem');
  told('statistics');
  await run('vacuum analyze');
}

/** What is cheaper to make when the rows are there: everything but primary keys. */
async function indexes(run: Run): Promise<readonly Query[]> {
  const tables = grownTables.map((table) => `'public.${table}'::regclass`).join(', ');
  return await run(`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
    from pg_constraint where contype = 'u' and conrelid in (${tables})
    union all
    select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    from pg_index i where indrelid in (${tables}) and not indisprimary
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype = 'u')`);
}
