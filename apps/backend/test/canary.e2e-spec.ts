import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import pg from 'pg';
import { untilQuiet } from './invariants.js';
import { payloadOf, type ShopOrder, shopOrder } from './shop.js';
import { findIn, readSinks } from './sinks.js';
import { TestSystem } from './system.js';

const plain = { seed: 70, branch: 'il', country: 'india', consent: true, quirks: false } as const;

/** What nobody may find anywhere but behind our keys: all invented, and nowhere else in the sources. */
const planted = {
  passport: 'XQ90210774',
  idNumber: '055943188',
  photo: 'https://files.example.test/canary/passport-photo-71c5.jpg',
  visa: 'https://files.example.test/canary/visa-88d1.pdf',
};
const values = Object.values(planted);

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start({ env: { AIRTABLE_POLL_SECONDS: '1', LOG_LEVEL: 'debug' } });
}, 40_000);
afterAll(() => system.close());

/** An order whose applicant shows all of it. */
function marked(sequence: number): ShopOrder {
  const made = shopOrder({ ...plain, sequence });
  const { form, order } = payloadOf(made);
  const [applicant, ...others] = form.applicants;
  const { passport, idNumber, photo } = planted;
  const shown = {
    ...applicant,
    passport: { ...(applicant?.passport as object), number: passport },
    idNumber,
    files: { passport_photo: photo },
    nobodyKnowsThisField: photo,
  };
  return { ...made, body: JSON.stringify({ form: { ...form, applicants: [shown, ...others] }, order }) };
}

async function asOwner(text: string, bound: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: system.ownerUrl });
  await client.connect();
  try {
    await client.query(text, [...bound]);
  } finally {
    await client.end();
  }
}

describe('a passport, an id and the address of a document', () => {
  it('are in no log, table, event, dead letter, metric or key of Redis, whatever became of their orders', async () => {
    // One that goes its whole way: contact, confirmation, issues, visa.
    const told = marked(70_001);
    await system.shop.deliver(told.body);
    await untilQuiet(system, 1);
    const applicantId = payloadOf(told).form.applicants[0]?.['id'];
    const issues = { passport_photo: [{ value: 'with_shadow_light', label: 'With Shadow/Light' }] };
    await system.api.post('/webhooks/visanet/mistakes', { applicantId, issues });
    await system.sandbox.complete(told.id, [
      { applicationId: 'apl_1', firstName: 'DANA', surname: 'LEDUGMA', visaUrl: planted.visa },
    ]);
    await until(
      () => system.sandbox.documents(),
      (documents) => documents.includes(planted.visa),
      20_000,
    );
    await untilQuiet(system, 1);
    // One that is sent again with other content, and one that no job can store: Postgres shows its row to whoever asks.
    const again = JSON.parse(told.body) as { order: object };
    await system.shop.deliver(JSON.stringify({ ...again, order: { ...again.order, status: 'completed' } }));
    const lost = marked(70_002);
    await asOwner(
      `alter table order_details add constraint canary check (order_id <> '${lost.id}') not valid`,
    );
    await system.shop.deliver(lost.body);
    // Others that nobody can read at all.
    const { form } = payloadOf(told);
    await system.shop.post(JSON.stringify({ form: { ...form, files: planted }, order: { id: '' } }), {});
    await system.shop.post(`{"broken": "${planted.passport}"`, {});
    await system.api.post('/orders', { form: planted, order: { id: 7 } });
    await until(
      () => system.api.count('/dead-letters'),
      (letters) => letters > 0,
      60_000,
    );
    const sinks = await readSinks(system);
    expect(findIn(sinks, values)).toEqual([]);
    // They did come through: what is here of the order is there in words that are not secret, too.
    expect(findIn(sinks, [told.id])).toEqual(
      expect.arrayContaining(['log of the worker', 'table orders', 'table events', 'table order_details']),
    );
  }, 120_000);

  it('would have been found in each of them', async () => {
    const canary = planted.passport;
    await asOwner(`update delivery_bodies set body = convert_to($1, 'UTF8'), key_id = null`, [
      `{"n":"${canary}"}`,
    ]);
    await asOwner(`update effects set evidence = jsonb_build_object('seen', $1::text)`, [canary]);
    await system.withRedis(
      async (redis) => await redis.hset('canary', 'payload', JSON.stringify({ canary })),
    );
    const found = findIn(await readSinks(system), values);
    expect(found.sort()).toEqual(['Redis', 'table delivery_bodies', 'table effects']);
    for (const form of [
      canary,
      Buffer.from(canary).toString('hex'),
      Buffer.from(`{"a":"${canary}"}`).toString('base64'),
      Buffer.from(`{"ab":"${canary}"}`).toString('base64'),
      Buffer.from(`{"abc":"${canary}"}`).toString('base64'),
      JSON.stringify({ link: planted.photo }).replaceAll('/', '\\/'),
    ])
      expect(findIn(new Map([['a log', Buffer.from(`line ${form} more`)]]), values)).toEqual(['a log']);
  }, 60_000);
});
