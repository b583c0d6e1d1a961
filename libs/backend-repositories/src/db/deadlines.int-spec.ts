import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deadline, runWithin, tookTooLong } from '@visapi/backend-kernel';
import { createTestDatabase, type TestDatabase, until } from '@visapi/backend-testing';
import { sql } from 'kysely';
import { Database } from './database.js';

const late = tookTooLong(1_000);
let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = open(test.url, 4);
  await test.query('create table written (id int); grant select, insert on written to visapi_app');
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

function open(url: string, poolMax: number): Database {
  return Database.open({ url, poolMax }, 'deadlines', () => undefined);
}

/** What the database is asked to do at the moment for this test, or has left open. */
async function running(): Promise<number> {
  const [row] = await test.query<{ count: number }>(`select count(*)::int from pg_stat_activity
    where application_name = 'deadlines' and state <> 'idle' and datname = current_database()`);
  return row?.count ?? -1;
}

/** Runs with a deadline that somebody else ends. */
function withDeadline<T>(work: () => Promise<T>) {
  const deadline = new Deadline();
  return { ended: runWithin(deadline, work), end: () => deadline.end(late) };
}

async function isServed(at = database): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, wanted) => {
      const result = await sql<{ given: number }>`select ${wanted}::int as given`.execute(at.db);
      return result.rows[0]?.given;
    }),
  );
  expect(answers).toEqual(answers.map((_, wanted) => wanted));
}

describe('when the deadline of a caller passes', () => {
  it.each(['db', 'report'] as const)(
    'the statement that runs for him ends in the database too (%s)',
    async (by) => {
      const sleep = async () =>
        by === 'db'
          ? await sql`select pg_sleep(${30})`.execute(database.db)
          : await database.report(async (executor) => await sql`select pg_sleep(30)`.execute(executor));
      const { ended, end } = withDeadline(sleep);
      const told = expect(ended).rejects.toBe(late);
      await until(running, (count) => count === 1);
      end();
      await told;
      await until(running, (count) => count === 0);
      await isServed();
    },
  );

  it('nothing of his transaction is written, whichever statement it stood at', async () => {
    const { ended, end } = withDeadline(
      async () =>
        await database.db.transaction().execute(async (transaction) => {
          await sql`insert into written values (1)`.execute(transaction);
          await sql`select pg_sleep(30)`.execute(transaction);
        }),
    );
    const told = expect(ended).rejects.toBe(late);
    await until(running, (count) => count === 1);
    end();
    await told;
    const before = withDeadline(
      async () =>
        await database.db.transaction().execute(async (transaction) => {
          await sql`insert into written values (2)`.execute(transaction);
          before.end();
        }),
    );
    await expect(before.ended).rejects.toBe(late);
    const left = await sql`select id from written`.execute(database.db);
    expect(left.rows).toEqual([]);
    await until(running, (count) => count === 0);
  });

  it('a commit under way is not taken back: he is told that it is done', async () => {
    await test.query(`create table checked (id int primary key);
      grant select, insert on checked to visapi_app;
      create table let_go ();
      grant select on let_go to visapi_app;
      create function wait_for_the_test() returns trigger language plpgsql as $$
        begin while not exists (select from let_go) loop perform pg_sleep(0.01); end loop; return null; end $$;
      create constraint trigger at_commit after insert on checked deferrable initially deferred
        for each row execute function wait_for_the_test()`);
    const sleeper = withDeadline(async () => await sql`select pg_sleep(30)`.execute(database.db));
    const told = expect(sleeper.ended).rejects.toBe(late);
    const { ended, end } = withDeadline(
      async () =>
        await database.db.transaction().execute(async (transaction) => {
          await sql`insert into checked values (1)`.execute(transaction);
          return 'done';
        }),
    );
    const committing = `select from pg_stat_activity where application_name = 'deadlines' and query = 'commit'
      and state = 'active'`;
    await until(
      () => test.query(committing),
      ({ length }) => length === 1,
    );
    await until(running, (count) => count === 2);
    end();
    sleeper.end();
    // By then the commit would have ended as well, did anything end it.
    await told;
    await test.query('insert into let_go default values');
    await expect(ended).resolves.toBe('done');
    expect((await sql`select from checked`.execute(database.db)).rows).toHaveLength(1);
  });

  it('he no longer waits for a connection, and the one that comes later is not lost', async () => {
    const holders = Array.from({ length: 4 }, () =>
      withDeadline(async () => await sql`select pg_sleep(30)`.execute(database.db)),
    );
    const told = holders.map(({ ended }) => expect(ended).rejects.toBe(late));
    await until(running, (count) => count === 4);
    const waiter = withDeadline(async () => await sql`select 1`.execute(database.db));
    await until(
      () => Promise.resolve(database.waiting),
      (waiting) => waiting === 1,
    );
    waiter.end();
    await expect(waiter.ended).rejects.toBe(late);
    holders.forEach(({ end }) => end());
    await Promise.all(told);
    await isServed();
  });

  it('and has passed before he asks, nothing is sent', async () => {
    const { ended } = withDeadline(async () => {
      await Promise.resolve();
      return await sql`insert into written values (3)`.execute(database.db);
    });
    await ended;
    const gone = new Deadline();
    gone.end(late);
    const refused = runWithin(
      gone,
      async () => await sql`insert into written values (4)`.execute(database.db),
    );
    await expect(refused).rejects.toBe(late);
    expect((await sql`select id from written`.execute(database.db)).rows).toEqual([{ id: 3 }]);
  });
});

describe('a hundred callers whose deadlines pass at any moment', () => {
  it('leave nothing behind: no statement, no transaction, no lost connection, and no neighbour is hit', async () => {
    const patient = async (round: number) => {
      const slept = await sql<{
        given: number;
      }>`select ${round}::int as given, pg_sleep(${Math.random() / 50})`.execute(database.db);
      return slept.rows[0]?.given === round ? 'right' : 'wrong';
    };
    const hasty = async (round: number) => {
      const { ended, end } = withDeadline(async () => {
        if (round % 2 === 0) return await patient(round);
        return await database.db.transaction().execute(async (transaction) => {
          await sql`insert into written values (${round + 1_000})`.execute(transaction);
          await sql`select pg_sleep(${Math.random() / 50})`.execute(transaction);
          return 'right';
        });
      });
      const timer = setTimeout(end, Math.random() * 100);
      try {
        return await ended;
      } catch (error) {
        return error === late ? 'late' : error;
      } finally {
        clearTimeout(timer);
      }
    };
    const outcomes: unknown[] = [];
    const committed: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const hurried = Array.from({ length: 100 }, async (_, index) => {
        const outcome = await hasty(round * 100 + index);
        if (index % 2 === 1 && outcome === 'right') committed.push(round * 100 + index + 1_000);
        outcomes.push(outcome);
      });
      const waited = Array.from({ length: 20 }, async (_, index) => await patient(index));
      expect(new Set(await Promise.all(waited))).toEqual(new Set(['right']));
      await Promise.all(hurried);
    }
    expect(new Set(outcomes)).toEqual(new Set(['right', 'late']));
    const written = await sql<{ id: number }>`select id from written where id >= 1000`.execute(database.db);
    expect(written.rows.map(({ id }) => id).sort()).toEqual(committed.sort());
    await until(running, (count) => count === 0);
    await isServed();
  });
});

describe('when the database cannot be reached any more', () => {
  let relay: Server;
  let isSilent = false;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    const { hostname, port } = new URL(test.url);
    relay = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
      near.on('data', (bytes) => isSilent || far.write(bytes)).on('close', () => far.destroy());
      far.on('data', (bytes) => isSilent || near.write(bytes)).on('close', () => near.destroy());
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });

  it('the caller is told all the same, and the connection is not handed out again', async () => {
    const url = new URL(test.url);
    url.host = `127.0.0.1:${(relay.address() as { port: number }).port}`;
    const far = open(url.href, 1);
    const { ended, end } = withDeadline(
      async () =>
        await far.db.transaction().execute(async (transaction) => {
          await sql`select pg_sleep(${20})`.execute(transaction);
        }),
    );
    const told = expect(ended).rejects.toBe(late);
    await until(running, (count) => count === 1);
    isSilent = true;
    end();
    await told;
    isSilent = false;
    await pause(0);
    await isServed(far);
    await far.close();
  });
});
