import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { LogsRepository } from './logs.repository.js';

const repository = new LogsRepository();
let test: TestDatabase;
let migrated: string[];
beforeAll(async () => {
  test = await createTestDatabase();
  migrated = await partitions();
  // What this database was cloned from may have been made last month: its months are not those of now.
  for (const name of migrated) if (name !== 'logs_default') await test.query(`drop table ${name}`);
});
afterEach(async () => {
  await test.query('truncate logs');
});
afterAll(async () => await test.drop());

const partitions = async () =>
  (
    await test.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'logs'::regclass order by 1`,
    )
  ).map(({ name }) => name);
const monthName = (date: Date) => `logs_${date.toISOString().slice(0, 7).replace('-', '')}`;
const inMonths = (count: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + count, 1));
};
const insert = async (at: Date | string, message = 'line') =>
  await test.query(
    `insert into logs (id, logged_at, level, message, process) values (gen_random_uuid(), $1, 'warn', $2, 'worker')`,
    [at, message],
  );
const placeOf = async (message: string) =>
  (
    await test.query<{ name: string }>(
      `select tableoid::regclass::text as name from logs where message = $1`,
      [message],
    )
  )[0]?.name;

describe('the months of the log', () => {
  it('come with the table, two of them', () => {
    const month = expect.stringMatching(/^logs_\d{6}$/);
    expect(migrated).toEqual([month, month, 'logs_default']);
  });

  it('are there ahead of time, this one and the next, however often they are asked for', async () => {
    await Promise.all([1, 2, 3].map(() => repository.makePartitions(test.database.db)));
    expect(await partitions()).toEqual([monthName(inMonths(0)), monthName(inMonths(1)), 'logs_default']);
  });

  it('begin and end with UTC, whatever the time zone of who makes them', async () => {
    await test.query(
      `begin; set local time zone 'Asia/Jerusalem'; select make_log_partition('2031-03-10'); commit`,
    );
    await insert('2031-03-01T00:00:00Z', 'first of march');
    await insert('2031-03-31T23:59:59.999Z', 'last of march');
    await insert('2031-04-01T00:00:00Z', 'first of april');
    await expect(placeOf('first of march')).resolves.toBe('logs_203103');
    await expect(placeOf('last of march')).resolves.toBe('logs_203103');
    await expect(placeOf('first of april')).resolves.toBe('logs_default');
    await test.query('drop table logs_203103');
  });

  it('take over the lines that came before they were made', async () => {
    await insert('2032-05-05T05:05:05Z', 'early');
    await expect(placeOf('early')).resolves.toBe('logs_default');
    await test.query(`select make_log_partition('2032-05-01')`);
    await expect(placeOf('early')).resolves.toBe('logs_203205');
    await test.query('drop table logs_203205');
  });

  it('are as closed as their table: row security, one policy, no grants of their own', async () => {
    const rows = await test.query(
      `select c.relrowsecurity as secured, has_table_privilege('anon', c.oid, 'select') as anon,
         has_table_privilege('visapi_app', c.oid, 'select') as app, has_table_privilege('visapi_app', c.oid, 'insert') as writes,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c join pg_inherits i on i.inhrelid = c.oid where i.inhparent = 'logs'::regclass`,
    );
    expect(rows).toHaveLength(3);
    for (const row of rows)
      expect(row).toEqual({ secured: true, anon: false, app: false, writes: false, policies: 1 });
  });

  it('go one at a time, the oldest first, once every line of them is older than the days kept', async () => {
    for (const back of [-3, -2, -1]) await test.query(`select make_log_partition($1)`, [inMonths(back)]);
    const days = Math.floor((Date.now() - inMonths(-1).getTime()) / 86_400_000);
    const dropped = [];
    for (;;) {
      const name = await repository.dropPartition(test.database.db, days);
      if (name === null) break;
      dropped.push(name);
    }
    expect(dropped).toEqual([monthName(inMonths(-3)), monthName(inMonths(-2))]);
    expect(await partitions()).toContain(monthName(inMonths(-1)));
    await test.query(`drop table ${monthName(inMonths(-1))}`);
  });

  it('are not dropped while somebody reads for long, and writers are not held up for it', async () => {
    await test.query(`select make_log_partition($1)`, [inMonths(-3)]);
    await test.database.db.transaction().execute(async (reader) => {
      await repository.count(reader);
      const drop = repository.dropPartition(test.database.db, 1);
      const refused = expect(drop).rejects.toMatchObject({ code: '55P03' });
      const started = performance.now();
      await insert(new Date(), 'meanwhile');
      expect(performance.now() - started).toBeLessThan(2_000);
      await refused;
    });
    await expect(repository.dropPartition(test.database.db, 1)).resolves.toBe(monthName(inMonths(-3)));
  });

  it('that are younger than a day stay, whatever is asked', async () => {
    await insert(new Date(), 'fresh');
    expect(await repository.dropPartition(test.database.db, 0)).toBeNull();
    const { deleted } = await repository.deleteBefore(test.database.db, new Date('2999-01-01'), 100, null);
    expect(deleted).toBe(0);
    await expect(placeOf('fresh')).resolves.toBe(monthName(inMonths(0)));
  });
});
