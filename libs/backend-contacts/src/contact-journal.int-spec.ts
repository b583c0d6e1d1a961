import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import {
  type ContactClaim,
  ContactsRepository,
  type SyncedContact,
} from '@visapi/backend-repositories/contacts';
import {
  createTestDatabase,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ContactJournal } from './contact-journal.js';

let test: TestDatabase;
let journal: ContactJournal;
beforeAll(async () => {
  test = await createTestDatabase();
  journal = new ContactJournal(test.database, new ContactsRepository());
});
afterAll(async () => await test.drop());

type Claimed = Awaited<ReturnType<ContactJournal['claim']>>;

async function plant(count: number, phone?: string): Promise<PlantedOrder[]> {
  const orders: PlantedOrder[] = [];
  for (let n = 0; n < count; n += 1)
    orders.push(await plantOrder(test, { contact: 'planned', ...(phone === undefined ? {} : { phone }) }));
  return orders;
}

/** All in one turn of the event loop, as jobs that Redis hands out at once. */
const claimAll = async (orders: readonly PlantedOrder[]) =>
  await Promise.all(orders.map(({ contactId }) => journal.claim(contactId)));

/** One more contact that an order owes, of a phone of its own unless said otherwise. */
async function owe(orderId: string, lane = `+97254${String(Date.now()).slice(-7)}`): Promise<string> {
  const id = newId();
  await test.query(
    `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
     values ($1, 'contact', 'contact', $2, $3, $4, 'planned', 'owed')`,
    [id, `contact:${orderId}:${id}`, orderId, lane],
  );
  return id;
}

interface Stored {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly held: boolean;
  readonly statement: string;
}

const stored = async (ids: readonly string[]) =>
  await test.query<Stored & object>(
    `select id, state, attempt, coalesce(lease_until > now(), false) as held, xmin::text as statement
     from effects where id = any($1) order by id`,
    [ids],
  );

const contactIds = (orders: readonly PlantedOrder[]) => orders.map(({ contactId }) => contactId).toSorted();

function isClaim(claimed: Claimed): claimed is ContactClaim {
  return typeof claimed === 'object';
}

const synced = (claim: ContactClaim): SyncedContact => ({
  claim,
  phone: claim.lane,
  version: claim.version,
  cbbContactId: `cbb-${claim.orderId}`,
  fields: ['email', 'שם, "מלא"'],
  evidence: { contactId: claim.orderId, created: true },
});

const factsOf = async (orderId: string) =>
  await test.query<{ type: string; version: number; contact: string | null }>(
    `select type, aggregate_version as version, payload ->> 'contactEffectId' as contact from events
     where aggregate_id = $1 and aggregate_type = 'order' order by aggregate_version`,
    [orderId],
  );

const isSynced = async (orderId: string) =>
  (
    await test.query<{ yes: boolean }>('select cbb_synced as yes from orders where order_id = $1', [orderId])
  )[0]?.yes;

describe('Contacts claimed at the same time', () => {
  it('are claimed by one statement, each once, with its lease and its order', async () => {
    const orders = await plant(40);
    const claims = await claimAll(orders);
    expect(claims).toEqual(
      orders.map(({ contactId, orderId, phone }) =>
        expect.objectContaining({
          ...{ effectId: contactId, orderId, lane: phone, attempt: 1, tries: 0 },
          newest: expect.objectContaining({ newestOrderId: orderId, clientPhone: phone }),
          version: `${orderId}@1`,
        }),
      ),
    );
    const rows = await stored(contactIds(orders));
    expect(rows).toEqual(
      contactIds(orders).map((id) => ({
        id,
        state: 'claimed',
        attempt: 1,
        held: true,
        statement: rows[0]?.statement,
      })),
    );
  });

  it('do not wait for one that somebody else holds, which is claimed as soon as it can be', async () => {
    const orders = await plant(40);
    const [held, ...others] = orders as [PlantedOrder, ...PlantedOrder[]];
    const somebody = await test.database.db.startTransaction().execute();
    await somebody.selectFrom('effects').select('id').where('id', '=', held.contactId).forUpdate().execute();
    const waiting = journal.claim(held.contactId);
    await expect(claimAll(others)).resolves.toEqual(
      others.map(({ contactId }) => expect.objectContaining({ effectId: contactId, attempt: 1 })),
    );
    await expect(claimAll(await plant(3))).resolves.not.toContain(undefined);
    await expect(stored([held.contactId])).resolves.toMatchObject([{ state: 'planned', attempt: 0 }]);
    await somebody.rollback().execute();
    await expect(waiting).resolves.toMatchObject({ effectId: held.contactId, attempt: 1 });
  });

  it('leave out what is claimed already, done, or unknown', async () => {
    const [taken, done, free] = (await plant(3)) as [PlantedOrder, PlantedOrder, PlantedOrder];
    await journal.claim(taken.contactId);
    await test.query(`update effects set state = 'accepted', accepted_at = now() where id = $1`, [
      done.contactId,
    ]);
    const ids = [taken.contactId, done.contactId, newId(), free.messageId, free.contactId];
    const claims = await Promise.all(ids.map((id) => journal.claim(id)));
    expect(claims.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(claims[4]).toMatchObject({ effectId: free.contactId, attempt: 1 });
  });

  it('are one of a phone: the other hears that it is busy', async () => {
    const phone = '+972521110001';
    const [first, second] = (await plant(2, phone)) as [PlantedOrder, PlantedOrder];
    const [other] = (await plant(1)) as [PlantedOrder];
    const claims = await claimAll([first, other, second]);
    expect(claims[1]).toMatchObject({ effectId: other.contactId });
    expect(claims.filter((claim) => claim === 'busy')).toHaveLength(1);
    const [claim] = claims.filter((one) => isClaim(one) && one.lane === phone) as ContactClaim[];
    // The newest order of the phone is told, whichever of its contacts is claimed.
    expect(claim?.newest?.newestOrderId).toBe(second.orderId);
  });

  it('leave out a phone that somebody writes, who is busy; the others are claimed', async () => {
    const phone = '+972521110002';
    const [writing] = (await plant(1, phone)) as [PlantedOrder];
    await journal.claim(writing.contactId);
    const [late] = (await plant(1, phone)) as [PlantedOrder];
    const others = await plant(5);
    const claims = await claimAll([late, ...others]);
    expect(claims[0]).toBe('busy');
    expect(claims.slice(1).map((claim) => isClaim(claim))).toEqual([true, true, true, true, true]);
    await expect(stored([late.contactId])).resolves.toMatchObject([{ state: 'planned', attempt: 0 }]);
  });

  it('give one effect to one of several jobs', async () => {
    const orders = await plant(6);
    const claims = await claimAll([...orders, ...orders, ...orders]);
    expect(claims.filter((claim) => isClaim(claim))).toHaveLength(6);
    expect(claims.filter((claim) => claim === undefined)).toHaveLength(12);
    expect((await stored(contactIds(orders))).map(({ attempt }) => attempt)).toEqual(Array(6).fill(1));
  });
});

describe('Contacts marked at the same time', () => {
  const claimed = async (count: number) => (await claimAll(await plant(count))).filter((one) => isClaim(one));
  const markAll = async (claims: readonly ContactClaim[]) =>
    await Promise.all(claims.map((claim) => journal.markSynced(synced(claim))));

  it('are done by one statement, told of once per order, and held as they were given', async () => {
    const claims = await claimed(40);
    await expect(markAll(claims)).resolves.toEqual(Array(40).fill(true));
    const rows = await stored(claims.map(({ effectId }) => effectId));
    expect(rows.map(({ state, held }) => ({ state, held }))).toEqual(
      Array(40).fill({ state: 'accepted', held: false }),
    );
    expect(new Set(rows.map(({ statement }) => statement)).size).toBe(1);
    for (const { orderId, effectId } of claims) {
      await expect(factsOf(orderId)).resolves.toEqual([
        { type: 'order.created', version: 1, contact: effectId },
        { type: 'contact.synced', version: 2, contact: effectId },
      ]);
      await expect(isSynced(orderId)).resolves.toBe(true);
    }
    const [{ lane, orderId } = { lane: '', orderId: '' }] = claims;
    const [contact] = await test.query('select * from contacts where phone = $1', [lane]);
    const held = {
      cbb_contact_id: `cbb-${orderId}`,
      version: `${orderId}@1`,
      confirmed_fields: ['email', 'שם, "מלא"'],
    };
    expect(contact).toMatchObject({ ...held, synced_at: expect.any(Date) });
  });

  it('leave an order unsynced whose later content is still owed, and sync the others', async () => {
    const claims = (await claimed(3)) as [ContactClaim, ContactClaim, ContactClaim];
    await owe(claims[1].orderId);
    await expect(markAll(claims)).resolves.toEqual([true, true, true]);
    await expect(Promise.all(claims.map(({ orderId }) => isSynced(orderId)))).resolves.toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are both done when they are of one order, one after the other, and the order is synced by the last', async () => {
    const [own, other] = (await claimed(2)) as [ContactClaim, ContactClaim];
    const second = await journal.claim(await owe(own.orderId));
    if (!isClaim(second)) throw new Error('not claimed');
    await expect(markAll([own, other, second])).resolves.toEqual([true, true, true]);
    const facts = await factsOf(own.orderId);
    expect(facts.map(({ type, version }) => [type, version])).toEqual([
      ['order.created', 1],
      ['contact.synced', 2],
      ['contact.synced', 3],
    ]);
    expect(
      facts
        .slice(1)
        .map(({ contact }) => contact)
        .toSorted(),
    ).toEqual([own.effectId, second.effectId].toSorted());
    await expect(isSynced(own.orderId)).resolves.toBe(true);
  });

  it('leave out an attempt that has lost its claim, and one that was never made', async () => {
    const claims = (await claimed(3)) as [ContactClaim, ContactClaim, ContactClaim];
    const [stale, fresh, early] = claims;
    await test.query('update effects set attempt = 2 where id = $1', [stale.effectId]);
    await expect(markAll([stale, fresh, { ...early, attempt: 2 }])).resolves.toEqual([false, true, false]);
    await expect(stored([stale.effectId])).resolves.toMatchObject([{ state: 'claimed', attempt: 2 }]);
    await expect(factsOf(stale.orderId)).resolves.toHaveLength(1);
  });

  it('do not wait for an order that somebody changes', async () => {
    const claims = await claimed(4);
    const changed = String(claims[0]?.orderId);
    const somebody = await test.database.db.startTransaction().execute();
    await somebody.updateTable('orders').set({ eventVersion: 2 }).where('orderId', '=', changed).execute();
    const [first, ...others] = claims.map((claim) => journal.markSynced(synced(claim)));
    await expect(Promise.all(others)).resolves.toEqual([true, true, true]);
    await somebody.commit().execute();
    await expect(first).resolves.toBe(true);
    expect((await factsOf(changed)).map(({ version }) => version)).toEqual([1, 3]);
  });

  it('are done once when two say so', async () => {
    const [claim, other] = (await claimed(2)) as [ContactClaim, ContactClaim];
    const marks = await markAll([claim, other, claim]);
    expect(marks.toSorted()).toEqual([false, true, true]);
    await expect(factsOf(claim.orderId)).resolves.toHaveLength(2);
  });
});
