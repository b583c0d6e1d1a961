import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { Owner } from '#chaos/system/owner.ts';
import type { Message } from './api.js';
import { untilQuiet } from './invariants.js';
import { type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

const plain = { seed: 41, branch: 'il', country: 'india', consent: true, quirks: false } as const;

let system: TestSystem;
let owner: Owner;
beforeAll(async () => {
  system = await TestSystem.start({ backends: 2 });
  owner = new Owner(system.urls.database);
}, 30_000);
afterAll(async () => {
  await owner.close();
  await system.close();
});

/** An order whose customer has read the confirmation. */
async function told(sequence: number): Promise<ShopOrder> {
  const order = shopOrder({ ...plain, sequence });
  await system.shop.deliver(order.body);
  await until(
    () => system.api.timeline(order.id),
    (entries) => entries.some(({ kind }) => kind === 'message.read'),
  );
  return order;
}

/** Asks for the confirmation to be sent again. */
async function resend(orderId: string, key: string) {
  const headers = { 'x-api-key': system.secrets.adminApiKey, 'idempotency-key': key };
  const request = { method: 'POST', headers, body: JSON.stringify({ reason: 'asked for' }) };
  const answer = await fetch(`${system.urls.backend}/api/v1/orders/${orderId}/messages`, request);
  return {
    status: answer.status,
    text: await answer.text(),
    replayed: answer.headers.get('idempotency-replayed'),
  };
}

const sentOf = async (orderId: string) => (await system.sandbox.sends()).confirmationsByOrder[orderId];

describe('a confirmation that is sent again with a key', () => {
  it('goes out once, however often and however fast it is asked for, at two backends', async () => {
    const { id } = await told(41_001);
    const got = await Promise.all(Array.from({ length: 50 }, () => resend(id, 'clicks')));
    expect(new Set(got.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(got[0]?.status).toBe(200);
    expect(got.filter(({ replayed }) => replayed === null)).toHaveLength(1);
    await until(
      () => sentOf(id),
      (count) => count === 2,
    );
    expect((await untilQuiet(system, 1)).violations).toEqual([]);
    expect(await sentOf(id)).toBe(2);
  });

  it('goes out once when the backend is killed after its commit and before its answer', async () => {
    const { id } = await told(41_002);
    // Whoever keeps an answer waits: by then the command has been committed.
    await owner.rows(`create function hold_answers() returns trigger language plpgsql as $$
      begin if new.state = 'done' then perform pg_advisory_xact_lock(41); end if; return new; end $$`);
    await owner.rows(
      `create trigger hold_answers before update on idempotency_keys for each row execute function hold_answers()`,
    );
    const held = await owner.hold(['select pg_advisory_lock(41)']);
    const lost = resend(id, 'killed').catch(() => 'no answer');
    const waiting = `select pid from pg_stat_activity where wait_event = 'advisory' and datname = current_database()
      and query like '%idempotency_keys%'`;
    await until(
      () => owner.rows(waiting),
      (rows) => rows.length === 1,
    );
    const names = ['backend', 'backend-2'];
    const pids = names.map((name) => system.pid(name));
    for (const name of names) system.signal(name, 'SIGKILL');
    await expect(lost).resolves.toBe('no answer');
    // Postgres would go on with the statement of a client that is gone.
    await owner.rows(`select pg_terminate_backend(pid) from (${waiting}) left_behind`);
    await owner.rows('drop trigger hold_answers on idempotency_keys');
    await held.end(['select pg_advisory_unlock(41)']);
    for (const [index, name] of names.entries()) await system.restarted(name, pids[index] ?? 0);

    const [again] = await system.api.get<Message[]>(`/messages?orderId=${id}`);
    await owner.rows(`update idempotency_keys set locked_until = now() where key = 'killed'`);
    const answer = await resend(id, 'killed');
    expect(answer).toMatchObject({ status: 200, replayed: null });
    expect(answer.text).toContain(again?.id);
    await expect(resend(id, 'killed')).resolves.toEqual({ ...answer, replayed: 'true' });
    await until(
      () => sentOf(id),
      (count) => count === 2,
    );
    expect((await untilQuiet(system, 2)).violations).toEqual([]);
    expect(await sentOf(id)).toBe(2);
  });
});
