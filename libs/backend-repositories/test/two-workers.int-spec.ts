import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
  testEncryption,
} from '@visapi/backend-testing';
import { type ContactClaim, ContactsRepository } from '../src/contacts/index.js';
import { Database, SharedStatement } from '../src/index.js';
import { type MessageClaim, MessagesRepository } from '../src/messaging/index.js';

const orderCount = 100;
let test: TestDatabase;
let second: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  second = Database.open({ url: test.url, poolMax: 6 }, 'visapi-second', () => undefined, testEncryption);
});
afterAll(async () => {
  await second.close();
  await test.drop();
});

/** The shared steps of one worker, as the journals of contacts and messages make them. */
function worker({ db }: Database) {
  const contacts = new ContactsRepository();
  const messages = new MessagesRepository();
  const byEffect = <T extends { effectId: string }>(claims: readonly T[]) =>
    new Map(claims.map((claim) => [claim.effectId, claim]));
  return {
    contact: new SharedStatement<string, ContactClaim | 'busy' | undefined>({
      key: (id) => id,
      alone: (id) => contacts.claim(db, id),
      together: async (ids) => byEffect(await contacts.claimTogether(db, ids)),
    }),
    synced: new SharedStatement<ContactClaim, boolean>({
      key: ({ effectId }) => effectId,
      alone: (claim) => contacts.markSynced(db, syncedOf(claim)),
      together: async (claims) =>
        new Map((await contacts.markSyncedTogether(db, claims.map(syncedOf))).map((id) => [id, true])),
    }),
    message: new SharedStatement<string, MessageClaim | undefined>({
      key: (id) => id,
      alone: (id) => messages.claim(db, id, newId(), 86_400),
      together: async (ids) =>
        byEffect(
          await messages.claimTogether(
            db,
            ids.map((effectId) => ({ effectId, token: newId() })),
            86_400,
          ),
        ),
    }),
    accepted: new SharedStatement<MessageClaim, boolean>({
      key: ({ effectId }) => effectId,
      alone: async (claim) => (await messages.markAccepted(db, claim, {})) !== undefined,
      together: async (claims) => {
        const accepted = claims.map((claim) => ({ claim, evidence: {} }));
        return new Map((await messages.markAcceptedTogether(db, accepted)).map(({ id }) => [id, true]));
      },
    }),
  };
}
type Worker = ReturnType<typeof worker>;

const syncedOf = (claim: ContactClaim) => ({
  ...{ claim, phone: claim.lane, version: claim.version, fields: ['email'], evidence: {} },
  cbbContactId: `cbb-${claim.orderId}`,
});

interface Deeds {
  readonly claims: string[];
  readonly marks: string[];
}

/** One contact's job, at the worker that comes by it; a busy phone is tried again. */
async function syncContact({ contact, synced }: Worker, id: string, { claims, marks }: Deeds): Promise<void> {
  let claim = await contact.take(id);
  while (claim === 'busy') claim = await contact.take(id);
  if (claim === undefined) return;
  claims.push(id);
  if (await synced.take(claim)) marks.push(id);
}

async function sendMessage(
  { message, accepted }: Worker,
  id: string,
  { claims, marks }: Deeds,
): Promise<void> {
  const claim = await message.take(id);
  if (claim === undefined) return;
  claims.push(id);
  if (await accepted.take(claim)) marks.push(id);
}

/** Several jobs at a time, as many as a worker runs. */
async function inLanes(jobs: readonly (() => Promise<void>)[], lanes: number): Promise<void> {
  const left = jobs.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const job of left) await job();
    }),
  );
}

describe('Two workers at the same effects, one from the front and one from the back', () => {
  it('claim and mark each once, and neither ever hears of a deadlock', async () => {
    // Every third order is of a phone that another one has, so that contacts meet on their lanes too.
    const orders: PlantedOrder[] = [];
    for (let n = 0; n < orderCount; n += 1)
      orders.push(
        await plantOrder(test, {
          contact: 'planned',
          ...(n % 3 === 0 ? { phone: `+9725222200${10 + (n % 12)}` } : {}),
        }),
      );
    // Messages that need not wait for the contact go out while the contacts of their orders are written.
    await test.query('update effects set awaits_contact = false');
    const deeds: Deeds = { claims: [], marks: [] };
    const jobsOf = (who: Worker, list: readonly PlantedOrder[]) =>
      list.flatMap(({ contactId, messageId }) => [
        () => syncContact(who, contactId, deeds),
        () => sendMessage(who, messageId, deeds),
      ]);
    const workers = [test.database, second].map(worker) as [Worker, Worker];
    await Promise.all([
      inLanes(jobsOf(workers[0], orders), 40),
      inLanes(jobsOf(workers[1], orders.toReversed()), 40),
    ]);
    const everything = orders.flatMap(({ contactId, messageId }) => [contactId, messageId]).toSorted();
    expect(deeds.claims.toSorted()).toEqual(everything);
    expect(deeds.marks.toSorted()).toEqual(everything);
    await expect(
      test.query('select state, attempt, count(*)::int as effects from effects group by 1, 2'),
    ).resolves.toEqual([{ state: 'accepted', attempt: 1, effects: 2 * orderCount }]);
    const facts = await test.query<{ versions: number[]; types: string[] }>(
      `select array_agg(aggregate_version order by aggregate_version) as versions, array_agg(type order by type) as types
       from events where aggregate_type = 'order' group by aggregate_id`,
    );
    expect(facts).toEqual(
      Array(orderCount).fill({
        versions: [1, 2, 3],
        types: ['contact.synced', 'message.accepted', 'order.created'],
      }),
    );
  }, 60_000);
});
