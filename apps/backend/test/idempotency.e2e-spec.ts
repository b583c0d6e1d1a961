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
  system = await TestSystem.start({ backends: 2, env: { AIRTABLE_POLL_SECONDS: '1' } });
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

async function post(path: string, body: object, key: string) {
  const headers = { 'x-api-key': system.secrets.adminApiKey, 'idempotency-key': key };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${system.urls.backend}/api/v1${path}`, request);
  const replayed = answer.headers.get('idempotency-replayed');
  return { status: answer.status, text: await answer.text(), replayed };
}

/** Asks for the confirmation to be sent again. */
const resend = async (orderId: string, key: string) =>
  await post(`/orders/${orderId}/messages`, { reason: 'asked for' }, key);

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

/** What was done by whoever holds a key, and all that is intended outside. */
async function done() {
  const [counts] = await owner.rows(`select
    (select count(*)::int from events where actor like 'key:%' and type not like 'api-key.%') as facts,
    (select count(*)::int from effects) as effects, (select count(*)::int from event_replays) as replays,
    (select count(*)::int from deliveries where kind = 'order') as deliveries`);
  return counts;
}

/** Lets no answer be kept: whoever asks learns nothing of what was done, as if the backend had died. */
async function withoutAnswers<T>(ask: () => Promise<T>): Promise<T> {
  await owner.rows(`create function refuse_answers() returns trigger language plpgsql as
    $$ begin raise exception 'refused by the test'; end $$`);
  await owner.rows(`create trigger refuse_answers before update on idempotency_keys for each row
    when (new.state = 'done') execute function refuse_answers()`);
  try {
    return await ask();
  } finally {
    await owner.rows('drop function refuse_answers cascade');
  }
}

const reason = 'asked for';
let sequence = 41_100;

describe('what is done, and its answer lost', () => {
  it.each<readonly [string, (order: ShopOrder) => Promise<readonly [string, object]>]>([
    ['a resend', async ({ id }) => await Promise.resolve([`/orders/${id}/messages`, { reason }])],
    [
      'a resend by the shop’s staff',
      async ({ id }) =>
        await Promise.resolve([
          '/webhooks/vizi/retrigger-whatsapp',
          { orderId: id, messageType: 'order_confirmation', reason, force: true },
        ]),
    ],
    ['a sync', async ({ id }) => await Promise.resolve([`/orders/${id}/sync`, { reason }])],
    [
      'a question to a colleague',
      async ({ id }) => await Promise.resolve([`/orders/${id}/flag`, { reason }]),
    ],
    [
      'a forced replay',
      async ({ id }) => {
        const [delivery] = await system.api.get<{ id: string }[]>(`/deliveries?orderId=${id}`);
        const path = `/deliveries/${delivery?.id}/replay`;
        const force = { mode: 'force', effect: 'confirmation', reason };
        const { data } = await system.api.post<{ confirm: string }>(path, { ...force, dryRun: true });
        return [path, { ...force, confirm: data.confirm }];
      },
    ],
    [
      'the settling of a message',
      async ({ id }) => {
        const [message] = await system.api.messages(id);
        await owner.rows(`update effects set state = 'uncertain', uncertain_at = now() where id = $1`, [
          message?.id,
        ]);
        return [`/messages/${message?.id}/settle`, { outcome: 'sent', reason }];
      },
    ],
    [
      'a replay of the history',
      async () =>
        await Promise.resolve([
          '/events/replay',
          { handler: 'order-statistics', rebuild: true, dryRun: false, reason },
        ]),
    ],
    [
      'a resend of a visa',
      async ({ id }) => {
        const visa = {
          applicationId: 'apl_1',
          firstName: 'DANA',
          surname: 'LEDUGMA',
          visaUrl: 'https://files.example.test/v.pdf',
        };
        await system.sandbox.complete(id, [visa]);
        await until(
          () => system.sandbox.documents(),
          (documents) => documents.length === 1,
        );
        await untilQuiet(system, 1);
        return ['/webhooks/vizi/resend-visa', { orderId: id, reason }];
      },
    ],
    [
      'an order that is given by hand',
      async () => {
        const { body } = shopOrder({ ...plain, sequence: (sequence += 1) });
        return await Promise.resolve(['/orders', JSON.parse(body) as object]);
      },
    ],
  ])(
    'is not done again: %s',
    async (name, prepare) => {
      const order = await told((sequence += 1));
      const [path, body] = await prepare(order);
      const before = await done();
      // A vendor that must be asked first may be busy, of which nothing is done; this is about what was.
      const lost = await until(
        () => withoutAnswers(() => post(path, body, name.replaceAll(/\W/g, '-'))),
        ({ text }) => text.includes('could not be kept'),
      );
      expect(lost.status).toBe(503);
      await untilQuiet(system, 1);
      const after = await done();
      expect(after).not.toEqual(before);
      await owner.rows(`update idempotency_keys set locked_until = now() where state = 'running'`);
      const again = await until(
        () => post(path, body, name.replaceAll(/\W/g, '-')),
        ({ status }) => status !== 503,
      );
      expect([200, 201]).toContain(again.status);
      expect(again.replayed).toBeNull();
      await untilQuiet(system, 1);
      expect(await done()).toEqual(after);
    },
    60_000,
  );
});
