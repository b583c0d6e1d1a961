import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import pg from 'pg';
import { migrate } from '../db/migrate.js';
import { EventsRepository, type NewEvent } from './events.repository.js';

const events = new EventsRepository();
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(async () => await test.query('truncate events, outbox restart identity'));
afterAll(async () => await test.drop());

const fact = (aggregateVersion: number): NewEvent => ({
  ...{ type: 'order.changed', aggregateType: 'order', aggregateId: 'IL260105IN1', aggregateVersion },
  ...{ actor: 'test', correlationId: 'c', payload: {} },
});
const insert = (from: number, to: number) => `
  insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
  select gen_random_uuid(), 'order.changed', 'order', 'IL260105IN1', n, 'test', 'c', '{}' from generate_series(${from}, ${to}) n`;
const waiting = async () =>
  (
    await test.query<{ version: number }>(
      'select aggregate_version as version from outbox join events using (position) order by position',
    )
  ).map(({ version }) => version);

describe('the outbox', () => {
  it('holds every fact from the commit of its cause on, whichever statement appends it', async () => {
    const { db } = test.database;
    await events.append(db, fact(1));
    await events.appendNext(db, fact(2));
    await test.query(insert(3, 5));
    await test.query(`with nothing as (${insert(1, 0)}), more as (${insert(6, 7)}) ${insert(8, 8)}`);
    expect((await waiting()).sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('holds nothing of a fact whose cause was undone', async () => {
    const undone = test.database.db.transaction().execute(async (transaction) => {
      await events.append(transaction, fact(1));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await expect(waiting()).resolves.toEqual([]);
    await expect(events.anyWork(test.database.db, [])).resolves.toMatchObject({ isUndispatched: false });
  });

  it('gives each fact to one relay at a time, oldest first, and takes back what was not handed on', async () => {
    const { db } = test.database;
    await test.query(insert(1, 5));
    const taken = async (executor: typeof db, limit: number, except: number[] = []) =>
      (await events.takeUndispatched(executor, limit, except)).map(({ position }) => position);
    await db.transaction().execute(async (one) => {
      await expect(taken(one, 2)).resolves.toEqual([1, 2]);
      await db.transaction().execute(async (other) => {
        await expect(taken(other, 2, [4])).resolves.toEqual([3, 5]);
        await events.removeDispatched(other, [3]);
      });
      await events.removeDispatched(one, [1]);
    });
    await expect(waiting()).resolves.toEqual([2, 4, 5]);
  });
});

describe('the way to the outbox', () => {
  const product = join(import.meta.dirname, '../../../../supabase/migrations');
  const name = `outbox_${process.pid}`;
  const onCluster = async (statement: string) => {
    const client = new pg.Client({ connectionString: test.ownerUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  let directory: string;
  let client: pg.Client;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outbox-'));
    await onCluster(`create database ${name}`);
    client = new pg.Client({ connectionString: databaseUrl() });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await onCluster(`drop database ${name}`);
    await rm(directory, { recursive: true });
  });

  function databaseUrl(): string {
    const url = new URL(test.ownerUrl);
    url.pathname = `/${name}`;
    return url.href;
  }

  async function migrateUntil(isMeant: (file: string) => boolean): Promise<void> {
    for (const file of (await readdir(product)).filter(isMeant))
      await copyFile(join(product, file), join(directory, file));
    await migrate({ databaseUrl: databaseUrl(), directory });
  }

  /** As a process of the code before does. */
  const asBefore = async (statement: string) =>
    await client.query(`begin; set local role visapi_app; ${statement}; commit`);
  const mark = (...versions: number[]) =>
    `update events set dispatched_at = now() where aggregate_version in (${versions.join()})`;
  const open = async () =>
    (
      await client.query<{ version: number }>(
        'select aggregate_version as version from outbox join events using (position) order by position',
      )
    ).rows.map(({ version }) => version);

  it('loses no fact of processes that still run the code before, and keeps none that their relay has marked', async () => {
    await migrateUntil((file) => file < '20261121203003');
    await asBefore(insert(1, 4));
    await asBefore(mark(1, 2));
    await migrateUntil((file) => file.startsWith('20261121203003'));
    await expect(open()).resolves.toEqual([3, 4]);
    await asBefore(insert(5, 6));
    await expect(asBefore(mark(3, 5))).rejects.toThrow('dispatched_at');
    await client.query('rollback');
    await asBefore(insert(7, 7));
    await expect(open()).resolves.toEqual([3, 4, 5, 6, 7]);
  });
});
