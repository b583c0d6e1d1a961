import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, Deadline, newId, runWithin, tookTooLong } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import {
  createTestDatabase,
  incoming,
  quietLog,
  type TestDatabase,
  testEncryption,
  viziOrder,
} from '@visapi/backend-testing';
import { type Delivery, Inbox } from './inbox.js';

let test: TestDatabase;
let inbox: Inbox;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  inbox = new Inbox(test.database, new Metrics(), quietLog);
  // Raises the SQLSTATE that an order id names: "once" only the first time, which a sequence remembers over roll-backs.
  await test.query('create sequence raised');
  await test.query(`create function break_on_request() returns trigger language plpgsql security definer as $$
    begin
      if new.order_id like 'BREAK-%' then
        raise exception 'broken on request' using errcode = split_part(new.order_id, '-', 2);
      elsif new.order_id like 'ONCE-%' and nextval('public.raised') = 1 then
        raise exception 'broken once' using errcode = split_part(new.order_id, '-', 2);
      elsif new.order_id like 'SLOW-%' then
        perform pg_sleep(0.5);
      end if;
      return new;
    end $$`);
  await test.query(
    'create trigger break_on_request before insert on deliveries for each row execute function break_on_request()',
  );
});
afterAll(async () => await test.drop());

/** The same bytes in another request. */
const again = (delivery: Delivery): Delivery => ({ ...delivery, id: newId() });
const order = (id: string) => incoming(viziOrder({ order: { id } }));
const stored = async (ids: readonly string[]) =>
  (
    await test.query<{ order_id: string }>(
      `select d.order_id from deliveries d join delivery_bodies b on b.delivery_id = d.id
       join events e on e.aggregate_id = d.id::text where d.order_id = any($1) order by 1`,
      [ids],
    )
  ).map((row) => row.order_id);

/** Several orders stored as one group. */
async function storeTogether(ids: readonly string[]) {
  const results = await Promise.allSettled(ids.map((id) => inbox.store(order(id))));
  return results.map((result) =>
    result.status === 'fulfilled' ? result.value.outcome : (result.reason as AppError).category,
  );
}

describe('the inbox in trouble', () => {
  it('fails a poisoned delivery alone: its neighbours of the same statement are stored', async () => {
    const ids = [`A-${(counter += 1)}`, `BREAK-23514-${counter}`, `B-${counter}`];
    await expect(storeTogether(ids)).resolves.toEqual(['accepted', 'unavailable', 'accepted']);
    await expect(stored(ids)).resolves.toEqual([ids[0], ids[2]]);
  });

  it.each(['40P01', '40001'])(
    'stores a whole group although Postgres broke it up once (%s)',
    async (code) => {
      await test.query(`select setval('raised', 1, false)`);
      const ids = [`A-${(counter += 1)}`, `ONCE-${code}-${counter}`, `B-${counter}`];
      await expect(storeTogether(ids)).resolves.toEqual(['accepted', 'accepted', 'accepted']);
      await expect(stored(ids)).resolves.toEqual([...ids].sort());
    },
  );

  it.each(['40P01', '40001'])(
    'stores a lone delivery although Postgres broke it off once (%s)',
    async (code) => {
      await test.query(`select setval('raised', 1, false)`);
      const id = `ONCE-${code}-${(counter += 1)}`;
      await expect(storeTogether([id])).resolves.toEqual(['accepted']);
      await expect(stored([id])).resolves.toEqual([id]);
    },
  );

  it.each(['53100', '57P01', '53300'])(
    'answers unavailable and stores nothing when Postgres cannot serve (%s)',
    async (code) => {
      const ids = [`A-${(counter += 1)}`, `BREAK-${code}-${counter}`];
      await expect(storeTogether(ids)).resolves.toEqual(['unavailable', 'unavailable']);
      await expect(stored(ids)).resolves.toEqual([]);
    },
  );

  it('answers unavailable with a time to come again when the database cannot be reached', async () => {
    const gone = Database.open(
      { url: 'postgres://visapi_app:x@127.0.0.1:1/none', poolMax: 2 },
      'gone',
      () => undefined,
      testEncryption,
    );
    const lost = new Inbox(gone, new Metrics(), quietLog);
    const error: unknown = await lost
      .store(order(`GONE-${(counter += 1)}`))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ category: 'unavailable', retryAfterSeconds: 5 });
    await gone.close();
  });

  it('survives real deadlocks with a transaction that takes the same rows the other way round', async () => {
    const deliveries = Array.from({ length: 6 }, () => order(`DL-${(counter += 1)}`));
    await Promise.all(deliveries.map((delivery) => inbox.store(delivery)));
    const backwards = [...deliveries].sort((a, b) => b.bodyHash.compare(a.bodyHash));
    const rival = async () => {
      await test.query(
        `do $$ declare wanted uuid; begin foreach wanted in array '{${backwards.map(({ id }) => id).join()}}'::uuid[] loop
         update deliveries set queued_at = now() where id = wanted; perform pg_sleep(0.01); end loop; end $$`,
      );
    };
    const rivals = Array.from({ length: 4 }, () => rival().catch((error: { code?: string }) => error.code));
    const repeats = Array.from({ length: 10 }, () =>
      deliveries.map((delivery) => inbox.store(again(delivery))),
    ).flat();
    for (const answer of await Promise.all(repeats)) expect(answer).toMatchObject({ repeated: true });
    expect((await Promise.all(rivals)).filter((code) => code !== undefined && code !== '40P01')).toEqual([]);
    const [sum] = await test.query<{ repeats: string }>(
      'select sum(repeats) as repeats from deliveries where id = any($1)',
      [deliveries.map(({ id }) => id)],
    );
    expect(Number(sum?.repeats)).toBe(60);
  });

  it('counts no repeat twice when a group is split', async () => {
    const [known, poisoned] = [order(`K-${(counter += 1)}`), order(`BREAK-23514-${counter}`)];
    await inbox.store(known);
    await Promise.allSettled([inbox.store(again(known)), inbox.store(poisoned), inbox.store(again(known))]);
    const [row] = await test.query<{ repeats: number }>('select repeats from deliveries where id = $1', [
      known.id,
    ]);
    expect(row?.repeats).toBe(2);
  });

  it('tells a sender whose time is over to send again, and stores his delivery and his neighbours all the same', async () => {
    const ids = [`SLOW-${(counter += 1)}`, `A-${counter}`];
    const deadline = new Deadline();
    const late = order(ids[0]!);
    const hurried = runWithin(deadline, () => inbox.store(late));
    const neighbour = inbox.store(order(ids[1]!));
    const isOver = tookTooLong(5_000);
    const told = expect(hurried).rejects.toBe(isOver);
    // The shared statement is under way, begun by the one who does not wait for it.
    await new Promise(setImmediate);
    deadline.end(isOver);
    await told;
    await expect(neighbour).resolves.toMatchObject({ outcome: 'accepted' });
    await expect(stored(ids)).resolves.toEqual([...ids].sort());
    await expect(inbox.store(again(late))).resolves.toMatchObject({ outcome: 'accepted', repeated: true });
  });
});
