import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  plantOrder,
  readSealedText,
  readWords,
  type TestDatabase,
  testEncryption,
  viziOrder,
} from '@visapi/backend-testing';
import { sql } from 'kysely';
import { Database, DatabaseModule } from '../index.js';
import { DataKeysRepository, readSealed, sealedTables, SealingRepository } from './index.js';
import type { SealedTableName } from './sealed-tables.js';
import { vaultOf } from './vault.js';

let test: TestDatabase;
const opened: Database[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  for (const database of opened) await database.close();
  await test.drop();
});

const words = ['דנה לדוגמה', 'P7654321'];
const sealing = new SealingRepository();
const keys = new DataKeysRepository();

/** The same database, as a process with other keys sees it. */
function withKeys(...more: readonly { readonly id: string; readonly key: Buffer }[]): Database {
  const [first, ...others] = more;
  if (!first) throw new Error('A keyring needs a key');
  const database = Database.open({ url: test.url, poolMax: 2 }, 'others', () => undefined, {
    keys: [first, ...others],
  });
  opened.push(database);
  return database;
}

async function sealAll(name: SealedTableName): Promise<number> {
  const inTransaction = test.database.db.transaction();
  return (await inTransaction.execute(async (db) => await sealing.sealSome(db, name, null, 1_000))).sealed;
}

/** Everything that a table holds, as bytes: what somebody who has the disk can search. */
async function dump(table: string): Promise<Buffer> {
  const rows = await test.query<{ row: Buffer }>(`select convert_to(t::text, 'UTF8') as row from ${table} t`);
  const text = Buffer.concat(rows.map(({ row }) => row)).toString();
  // Bytes are printed as hexadecimal digits.
  const bytes = text.match(/(?<=\\x)[0-9a-f]+/g) ?? [];
  return Buffer.concat([Buffer.from(text), ...bytes.map((digits) => Buffer.from(digits, 'hex'))]);
}

describe('rows of before', () => {
  it('stay readable, and are sealed as they are found, once', async () => {
    const { orderId, messageId } = await plantOrder(test, { parameters: words });
    const plain = Buffer.from(JSON.stringify(words));
    await test.query('update messages set parameters = $2, parameters_key_id = null where effect_id = $1', [
      messageId,
      plain,
    ]);
    await test.query('update order_details set details = $2, details_key_id = null where order_id = $1', [
      orderId,
      plain,
    ]);
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: orderId } }));
    await test.query('update delivery_bodies set body = $2, key_id = null where delivery_id = $1', [
      deliveryId,
      plain,
    ]);
    await expect(readWords(test, messageId)).resolves.toEqual(words);
    for (const name of ['messages', 'orderDetails', 'deliveryBodies'] as const) {
      await expect(sealing.countPlain(test.database.db, name)).resolves.toBe(1);
      expect((await dump(sealedTables[name].table)).includes('P7654321')).toBe(true);
      await expect(sealAll(name)).resolves.toBe(1);
      await expect(sealAll(name)).resolves.toBe(0);
      expect((await dump(sealedTables[name].table)).includes('P7654321')).toBe(false);
    }
    await expect(readWords(test, messageId)).resolves.toEqual(words);
    await expect(readSealedText(test, 'orderDetails', 'details', orderId)).resolves.toBe(plain.toString());
    await expect(readSealedText(test, 'deliveryBodies', 'body', deliveryId)).resolves.toBe(plain.toString());
  });

  it('of deliveries can be sealed by the application, but none that is sealed can be written again', async () => {
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: 'ILSEALED' } }));
    const again = await sql<{ done: boolean }>`
      select seal_delivery_body(${deliveryId}::uuid, ${Buffer.from('x')}, 'somebody') as done`.execute(
      test.database.db,
    );
    expect(again.rows).toEqual([{ done: false }]);
  });
});

describe('sealed bytes', () => {
  it('cannot be put into another row, be it of the same person', async () => {
    const first = await plantOrder(test, { parameters: words });
    const second = await plantOrder(test, { parameters: ['somebody else'], phone: first.phone });
    const [row] = await test.query<{ parameters: Buffer; key: string }>(
      'select parameters, parameters_key_id as key from messages where effect_id = $1',
      [first.messageId],
    );
    await test.query('update messages set parameters = $2 where effect_id = $1 and parameters_key_id = $3', [
      second.messageId,
      row?.parameters,
      row?.key,
    ]);
    await expect(readWords(test, second.messageId)).rejects.toThrow(
      'changed, moved or sealed by another key',
    );
    await expect(readWords(test, first.messageId)).resolves.toEqual(words);
  });

  it('are of one key per person, whoever makes it first, and of another for another person', async () => {
    const other = Database.open({ url: test.url, poolMax: 2 }, 'other', () => undefined, testEncryption);
    opened.push(other);
    const persons = ['phone:+972500000901', 'phone:+972500000902', 'phone:+972500000901'];
    const asked = [test.database, other, test.database, other].map(
      async ({ db }) => await vaultOf(db).keysOf(db, persons),
    );
    const ids = (await Promise.all(asked)).map((found) => found.map(({ id }) => id));
    expect(new Set(ids.map((found) => found.join())).size).toBe(1);
    expect(new Set(ids[0]).size).toBe(2);
  });

  it('stop being readable in every process at the moment their key is destroyed', async () => {
    const { messageId, phone } = await plantOrder(test, { parameters: words });
    const other = Database.open({ url: test.url, poolMax: 2 }, 'other', () => undefined, testEncryption);
    opened.push(other);
    const read = async () => await readSealed(other.db, 'messages', 'parameters', messageId);
    expect((await read())?.toString()).toBe(JSON.stringify(words));
    const key = await vaultOf(test.database.db).keyOf(test.database.db, `phone:${phone}`);
    await test.query('update data_keys set wrapped = null, destroyed_at = now() where id = $1', [key.id]);
    await expect(read()).resolves.toBeNull();
    await expect(readWords(test, messageId)).resolves.toBeNull();
  });
});

describe('another first key of the keyring', () => {
  it('takes over every data key in batches; then the one before is not needed any more', async () => {
    const { messageId } = await plantOrder(test, { parameters: words });
    const fresh = { id: 'fresh', key: randomBytes(32) };
    const between = withKeys(fresh, ...testEncryption.keys);
    await expect(keys.isBehind(between.db)).resolves.toBe(true);
    let [since, rounds]: [string | null | undefined, number] = [null, 0];
    while (since !== undefined) {
      const after: string | null = since;
      const done: { readonly reached: string | undefined } = await between.db
        .transaction()
        .execute(async (db) => await keys.rewrapSome(db, after, 3));
      since = done.reached;
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(2);
    await expect(keys.uses(between.db)).resolves.toEqual([{ keyId: 'fresh', dataKeys: expect.any(Number) }]);
    const after = withKeys(fresh);
    const read = await readSealed(after.db, 'messages', 'parameters', messageId);
    expect(read?.toString()).toBe(JSON.stringify(words));
    // Whom data belongs to is found as before.
    const [one, other] = await Promise.all(
      [between, after].map(async ({ db }) => await vaultOf(db).keyOf(db, 'phone:+972500000901')),
    );
    expect(one?.id).toBe(other?.id);
  });

  it('is missed at once by a process that has not got it: it does not start, and writes nothing', async () => {
    const strange = withKeys({ id: 'strange', key: randomBytes(32) });
    const module = DatabaseModule.forRoot(
      { url: test.url, poolMax: 2 },
      { keys: [{ id: 'strange', key: randomBytes(32) }] },
      'strange',
    );
    await expect(createTestContext(test.url, [module])).rejects.toThrow(
      'which ENCRYPTION_KEYS does not hold',
    );
    await expect(vaultOf(strange.db).deliveryKey()).rejects.toThrow('which ENCRYPTION_KEYS does not hold');
    await expect(vaultOf(strange.db).keyOf(strange.db, 'phone:+972500000903')).rejects.toThrow(
      'which ENCRYPTION_KEYS does not hold',
    );
  });
});
