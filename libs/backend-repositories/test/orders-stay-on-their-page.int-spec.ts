import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { ContactsRepository } from '../src/contacts/index.js';
import { MessagesRepository } from '../src/messaging/index.js';
import { markProcessed } from '../src/orders/index.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  // While it looks at any table here, a version that nobody else can see any more keeps its place.
  await test.query(`do $$ declare name text; begin
    for name in select oid::regclass from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
      execute format('alter table %s set (autovacuum_enabled = off)', name);
    end loop;
  end $$`);
});
afterAll(async () => await test.drop());

const contacts = new ContactsRepository();
const messages = new MessagesRepository();

async function sync(orders: readonly PlantedOrder[]): Promise<void> {
  const { db } = test.database;
  const ids = orders.map(({ contactId }) => contactId);
  const claims = await contacts.claimTogether(db, ids);
  const synced = claims.map((claim) => ({
    ...{ claim, phone: claim.lane, version: claim.version, fields: ['email'], evidence: {} },
    cbbContactId: `cbb-${claim.orderId}`,
  }));
  expect(await contacts.markSyncedTogether(db, synced)).toHaveLength(orders.length);
}

async function tell(orders: readonly PlantedOrder[]): Promise<void> {
  const { db } = test.database;
  const wanted = orders.map(({ messageId }) => ({ effectId: messageId, token: newId() }));
  const claims = await messages.claimTogether(db, wanted, 86_400);
  const accepted = claims.map((claim) => ({ claim, evidence: {} }));
  expect(await messages.markAcceptedTogether(db, accepted)).toHaveLength(orders.length);
}

async function process(orders: readonly PlantedOrder[]): Promise<void> {
  const standing = { processed: true, cbbSynced: true, whatsappConfirmationSent: true };
  const done = orders.map(({ orderId }) => ({ ...standing, orderId, correlationId: 'done' }));
  expect(await markProcessed(test.database.db, done)).toHaveLength(orders.length);
}

/** What Postgres counted of the orders' table. */
const versions = () =>
  test.query<{ written: number; kept: number }>(
    `select n_tup_upd::int as written, n_tup_hot_upd::int as kept from pg_stat_user_tables where relname = 'orders'`,
  );

/**
 * Of the versions that can stay. An index on one flag costs half of them, pages filled to 85 % a third.
 */
const most = 3 / 4;

/**
 * Old versions are cleared away here, since an update does so by itself only while no session is connecting to the server,
 * whatever its database: beside other specs that is chance.
 */
async function clearPages(): Promise<void> {
  await until(
    async () => {
      await test.query('vacuum (index_cleanup off, truncate off) orders');
      return await test.query<{ dead: number }>(
        `select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'orders'`,
      );
    },
    ([row]) => row?.dead === 0,
  );
}

it('writes the flags of an order without touching an index: of three versions two stay on their page', async () => {
  const orders: PlantedOrder[] = [];
  for (let index = 0; index < 200; index += 1) orders.push(await plantOrder(test, { contact: 'planned' }));
  const size = 20;
  const batches = Array.from({ length: 10 }, (_, index) => orders.slice(index * size, (index + 1) * size));
  for (const step of [sync, tell, process]) {
    await clearPages();
    for (const batch of batches) await step(batch);
  }
  // The product's connections tell what they counted when they end.
  await test.database.close();
  const [counted] = await until(versions, ([row]) => row?.written === 3 * orders.length);
  expect(counted?.kept).toBeGreaterThan(most * 2 * orders.length);
});

it('has no index that holds a flag of an order, or the version of its events', async () => {
  const held = await test.query(
    `select i.indexrelid::regclass::text as index, a.attname::text as column
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid
     where i.indrelid = 'orders'::regclass and a.attname in ('cbb_synced', 'whatsapp_confirmation_sent', 'event_version', 'updated_at')
       and (a.attnum = any(i.indkey) or pg_get_indexdef(i.indexrelid) ~ ('\\m' || a.attname || '\\M'))`,
  );
  expect(held).toEqual([]);
});
