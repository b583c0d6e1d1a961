import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AirtableClient, VendorError } from '@visapi/backend-providers';
import { FakeAirtableClient } from '@visapi/backend-providers/fake/airtable';
import { PollsRepository } from '@visapi/backend-repositories/applications';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  readSealedText,
  readWords,
  type TestDatabase,
} from '@visapi/backend-testing';
import { VisaWindow } from '../visa-window.js';
import { ApplicationsJobsModule } from './applications-jobs.module.js';
import { WatchCompletedVisas } from './watch-completed-visas.timer.js';

let test: TestDatabase;
let airtable: FakeAirtableClient;
let app: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  airtable = new FakeAirtableClient();
  app = await start();
});
afterEach(async () => {
  await app.close();
  // Each test has a base of its own, whose record ids begin anew.
  await test.query('delete from visa_records');
  await test.query(`update polls set due_at = now(), lease_until = null, claim_token = null, requested = false,
    bootstrap_by = null, bootstrap_at = null, problem = null`);
});
afterAll(async () => await test.drop());

async function start(): Promise<INestApplicationContext> {
  const window = new VisaWindow({ notifyWithinHours: 168, messageDelayMs: 0, pollSeconds: 600 });
  const given = provideGlobally(
    new Map<object, unknown>([
      [AirtableClient, airtable],
      [VisaWindow, window],
    ]),
  );
  return await createTestContext(test.url, [given, ApplicationsJobsModule]);
}

/** One reading of the view, now. */
async function look(context: INestApplicationContext = app): Promise<void> {
  await test.query('update polls set due_at = now()');
  await context.get(WatchCompletedVisas).look();
}

const application = (number: number, changes: object = {}) => ({
  applicationId: `apl_${number}`,
  visaId: `V-${number}`,
  visaUrl: `https://files.example.test/visa${number}.pdf?sig=fake`,
  firstName: ['DANA'],
  surname: [`LEDUGMA ${number}`],
  status: 'Approved',
  ...changes,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => application(index + 1));

const completed = (orderId: string, changes: object = {}) => ({
  orderId,
  status: 'Completed ✅',
  domainBranch: 'IL 🇮🇱',
  country: 'India 🇮🇳',
  completedAt: new Date().toISOString(),
  ...changes,
});

async function messages(orderId: string) {
  const rows = await test.query<Record<string, unknown> & { id: string }>(
    `select e.id, e.state, e.reason, m.template, m.applicant_id, m.phone
     from effects e join messages m on m.effect_id = e.id
     where e.order_id = $1 and e.purpose = 'visa' order by e.id`,
    [orderId],
  );
  return await Promise.all(
    rows.map(async ({ id, ...row }) => {
      const document = await readSealedText(test, 'messages', 'document', id);
      return {
        ...row,
        parameters: await readWords(test, id),
        document: document === null ? null : (JSON.parse(document) as { link: string; filename: string }),
      };
    }),
  );
}

async function record(recordId: string) {
  const [row] = await test.query('select state, reason, done_by from visa_records where record_id = $1', [
    recordId,
  ]);
  return row;
}

describe('the look at completed orders', () => {
  it.each([1, 2, 3, 11, 12])(
    'tells each of %d applicants with a document of their own, once',
    async (count) => {
      const { orderId, phone } = await plantOrder(test);
      const { recordId } = airtable.putOrder(completed(orderId), many(count));
      await look();
      await look();
      const sent = await messages(orderId);
      expect(sent).toHaveLength(count);
      expect(new Set(sent.map(({ document }) => document?.link)).size).toBe(count);
      expect(new Set(sent.map(({ document }) => document?.filename)).size).toBe(count);
      expect(sent[0]).toEqual({
        state: 'planned',
        reason: null,
        template: 'visa_approval_file_phone',
        applicant_id: 'apl_1',
        phone,
        parameters: ['DANA LEDUGMA 1', 'הודו'],
        document: {
          link: 'https://files.example.test/visa1.pdf?sig=fake',
          filename: `visa_${orderId}_1.pdf`,
        },
      });
      for (const [index, message] of sent.slice(1).entries())
        expect(message).toMatchObject({
          template: 'visa_approval_file_multi_he',
          parameters: [`DANA LEDUGMA ${index + 2}`],
          document: { filename: `visa_${orderId}_${index + 2}.pdf` },
        });
      await expect(record(recordId)).resolves.toEqual({ state: 'done', reason: 'told', done_by: 'worker' });
    },
  );

  it('plans each message once when two workers read the view at the same time', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, async () => await plantOrder(test)));
    for (const { orderId } of orders) airtable.putOrder(completed(orderId), many(3));
    const other = await start();
    // Both hold the claim: as if the first were frozen for longer than its lease.
    const both = [app, other].map(async (context) => {
      await test.query('update polls set due_at = now(), lease_until = null');
      await context.get(WatchCompletedVisas).look();
    });
    await Promise.all(both);
    await look();
    for (const { orderId } of orders) await expect(messages(orderId)).resolves.toHaveLength(3);
    await other.close();
  });

  it('goes on where a worker died: nothing is lost, nothing is planned twice', async () => {
    const [first, second] = [await plantOrder(test), await plantOrder(test)];
    airtable.putOrder(completed(first.orderId), many(2));
    airtable.putOrder(completed(second.orderId), many(2));
    airtable.failNext('applications', new Error('died here'));
    await look();
    await look();
    for (const { orderId } of [first, second]) await expect(messages(orderId)).resolves.toHaveLength(2);
  });

  it('wakes the sending of what it planned', async () => {
    const { orderId } = await plantOrder(test);
    airtable.putOrder(completed(orderId), many(2));
    await look();
    const events = await test.query<{ type: string; payload: { messageEffectIds?: string[] } }>(
      `select type, payload from events where aggregate_id = $1 and type <> 'order.created' order by position`,
      [orderId],
    );
    expect(events.map(({ type }) => type)).toEqual(['visa.completed', 'message.planned']);
    expect(events[1]?.payload.messageEffectIds).toHaveLength(2);
  });

  it('tells what is there and waits for a document that is missing; a visa without a number is fine', async () => {
    const { orderId } = await plantOrder(test);
    const parts = [application(1, { visaUrl: '' }), application(2, { visaId: '' })];
    const { recordId, applicationRecordIds } = airtable.putOrder(completed(orderId), parts);
    await look();
    await expect(messages(orderId)).resolves.toMatchObject([
      {
        applicant_id: 'apl_2',
        template: 'visa_approval_file_phone',
        document: { filename: `visa_${orderId}_2.pdf` },
      },
    ]);
    await expect(record(recordId)).resolves.toMatchObject({ state: 'pending', reason: 'no-document' });
    airtable.changeApplication(applicationRecordIds[0]!, { visaUrl: 'https://files.example.test/late.pdf' });
    await look();
    await expect(messages(orderId)).resolves.toMatchObject([
      { applicant_id: 'apl_2' },
      { applicant_id: 'apl_1', template: 'visa_approval_file_multi_he' },
    ]);
    await expect(record(recordId)).resolves.toMatchObject({ state: 'done' });
  });

  it('tells a document once although staff fill in the id of its application later', async () => {
    const { orderId } = await plantOrder(test);
    const parts = [application(1, { applicationId: '' }), application(2, { visaUrl: '' })];
    const { applicationRecordIds } = airtable.putOrder(completed(orderId), parts);
    await look();
    airtable.changeApplication(applicationRecordIds[0]!, { applicationId: 'apl_1' });
    await look();
    await expect(messages(orderId)).resolves.toHaveLength(1);
  });

  it('does not call an order told of whose applications none was approved', async () => {
    const { orderId } = await plantOrder(test);
    const { recordId } = airtable.putOrder(completed(orderId), [application(1, { status: 'Rejected' })]);
    await look();
    await expect(record(recordId)).resolves.toMatchObject({ state: 'done', reason: 'not-approved' });
  });

  it.each(['failed', 'skipped'])(
    'owes a contact anew that had %s, for its visas wait for it',
    async (state) => {
      const { orderId, contactId, phone } = await plantOrder(test);
      await test.query(
        `update effects set state = $2, accepted_at = null, ${state}_at = now() where id = $1`,
        [contactId, state],
      );
      airtable.putOrder(completed(orderId), many(2));
      await look();
      const contacts = await test.query<{ id: string }>(
        `select id, state, lane from effects where order_id = $1 and kind = 'contact' order by planned_at`,
        [orderId],
      );
      expect(contacts).toMatchObject([
        { id: contactId, state },
        { state: 'planned', lane: phone },
      ]);
      const [woken] = await test.query(
        `select payload->>'contactEffectId' as contact from events where aggregate_id = $1 and type = 'message.planned'`,
        [orderId],
      );
      expect(woken).toEqual({ contact: contacts[1]?.id });
    },
  );

  it('goes on after a record that cannot be dealt with, and leaves it to the next run', async () => {
    const [odd, even] = [await plantOrder(test), await plantOrder(test)];
    const impossible = application(1, { applicationId: 'apl\u0000' });
    const { recordId, applicationRecordIds } = airtable.putOrder(completed(odd.orderId), [impossible]);
    airtable.putOrder(completed(even.orderId), many(1));
    await look();
    await expect(messages(even.orderId)).resolves.toHaveLength(1);
    await expect(record(recordId)).resolves.toMatchObject({ state: 'pending' });
    airtable.changeApplication(applicationRecordIds[0]!, { applicationId: 'apl_1' });
    await look();
    await expect(messages(odd.orderId)).resolves.toHaveLength(1);
  });

  it('never hands out the document of an application that was refused', async () => {
    const { orderId } = await plantOrder(test);
    airtable.putOrder(completed(orderId), [application(1), application(2, { status: 'Rejected' })]);
    await look();
    await expect(messages(orderId)).resolves.toMatchObject([{ applicant_id: 'apl_1' }]);
  });

  it.each([
    ['branch', `branch = 'co'`],
    ['no-consent', `whatsapp_alerts_enabled = false`],
    ['invalid-phone', `client_phone = null`],
    ['canceled', `order_status = 'canceled'`],
    ['untranslatable', `product_country = 'atlantis'`],
  ])('withholds what it may not tell and says why: %s', async (reason, change) => {
    const { orderId } = await plantOrder(test);
    await test.query(`update orders set ${change} where order_id = $1`, [orderId]);
    const { recordId } = airtable.putOrder(completed(orderId), many(2));
    await look();
    const withheld = { state: 'skipped', reason, phone: null, parameters: null, document: null };
    await expect(messages(orderId)).resolves.toMatchObject([withheld, withheld]);
    await expect(record(recordId)).resolves.toMatchObject({ state: 'done', reason });
  });

  it('leaves approvals that are old to an operator', async () => {
    const { orderId } = await plantOrder(test);
    const longAgo = new Date(Date.now() - 169 * 3_600_000).toISOString();
    airtable.putOrder(completed(orderId, { completedAt: longAgo }), many(1));
    await look();
    await expect(messages(orderId)).resolves.toMatchObject([{ state: 'skipped', reason: 'stale' }]);
  });

  it('keeps an order that it does not know until it comes, and never calls it done', async () => {
    const { recordId } = airtable.putOrder(completed('IL990101IN1'), many(1));
    await look();
    await expect(record(recordId)).resolves.toMatchObject({ state: 'pending' });
    expect(airtable.calls.filter((call) => call.startsWith('applications'))).toEqual([]);
  });

  it('reads a view of many pages to its end', async () => {
    const { orderId } = await plantOrder(test);
    for (let other = 0; other < 250; other += 1) airtable.putOrder(completed(`IL990102IN${other}`));
    airtable.putOrder(completed(orderId), many(1));
    await look();
    await expect(messages(orderId)).resolves.toHaveLength(1);
    const [poll] = await test.query('select seen, problem from polls');
    expect(poll).toEqual({ seen: 251, problem: null });
  });

  it('waits as long as Airtable says after being too fast', async () => {
    const facts = { status: 429, retryAfterMs: 700_000 };
    airtable.failNext('completedPage', new VendorError('airtable', 'unavailable', 'http-429', facts));
    await look();
    const [poll] = await test.query(
      `select problem, extract(epoch from due_at - now()) > 690 as later from polls`,
    );
    expect(poll).toEqual({ problem: 'airtable: http-429', later: true });
  });

  it('runs at one worker at a time and not before its time', async () => {
    await look();
    const calls = airtable.calls.length;
    await app.get(WatchCompletedVisas).look();
    await test.query(`update polls set due_at = now(), lease_until = now() + interval '1 minute'`);
    await app.get(WatchCompletedVisas).look();
    expect(airtable.calls.length).toBe(calls);
  });

  it('marks history as told only on an operator’s word, and tells what comes later', async () => {
    const { orderId } = await plantOrder(test);
    const { recordId } = airtable.putOrder(completed(orderId), many(2));
    await test.query(
      `update polls set requested = true, bootstrap_by = 'key:operator', bootstrap_reason = 'takeover',
        bootstrap_at = now()`,
    );
    await look();
    await expect(messages(orderId)).resolves.toEqual([]);
    await expect(record(recordId)).resolves.toEqual({
      state: 'done',
      reason: 'bootstrap',
      done_by: 'key:operator',
    });
    const [event] = await test.query(
      `select actor, payload->>'reason' as reason from events where type = 'operator.bootstrapped'`,
    );
    expect(event).toEqual({ actor: 'key:operator', reason: 'takeover' });
    const later = await plantOrder(test);
    airtable.putOrder(completed(later.orderId), many(1));
    await look();
    await expect(messages(later.orderId)).resolves.toHaveLength(1);
  });

  it('carries an operator’s word out although the worker that took it died and nothing is looked for by itself', async () => {
    airtable.pollWithheld = 'polling-off';
    const { orderId } = await plantOrder(test);
    airtable.putOrder(completed(orderId), many(1));
    const polls = app.get(PollsRepository);
    const { db } = test.database;
    await polls.request(db, 'completed-visas', { by: 'key:operator', reason: 'takeover' });
    await polls.claim(db, 'completed-visas', randomUUID(), 0);
    await test.query(`update polls set lease_until = now() - interval '1 second'`);
    await app.get(WatchCompletedVisas).look();
    const [poll] = await test.query('select seen, bootstrap_by, requested from polls');
    expect(poll).toEqual({ seen: 1, bootstrap_by: null, requested: false });
    // The word was about what stood there then: what comes now is told.
    const later = await plantOrder(test);
    airtable.putOrder(completed(later.orderId), many(1));
    await polls.request(db, 'completed-visas', null);
    await app.get(WatchCompletedVisas).look();
    await expect(messages(orderId)).resolves.toEqual([]);
    await expect(messages(later.orderId)).resolves.toHaveLength(1);
  });

  it('does not stretch an operator’s word to what is completed after it was given', async () => {
    const [old, later] = [await plantOrder(test), await plantOrder(test)];
    const word = new Date(Date.now() - 60_000);
    const at = (seconds: number) => ({
      completedAt: new Date(word.getTime() + seconds * 1_000).toISOString(),
    });
    const before = airtable.putOrder(completed(old.orderId, at(-5)), many(1));
    const after = airtable.putOrder(completed(later.orderId, at(5)), many(1));
    // Airtable was away meanwhile: the run comes a minute after the word.
    await test.query(`update polls set requested = true, bootstrap_by = 'key:operator', bootstrap_at = $1`, [
      word,
    ]);
    await look();
    await expect(record(before.recordId)).resolves.toMatchObject({ reason: 'bootstrap' });
    await expect(record(after.recordId)).resolves.toMatchObject({ reason: 'told' });
    await expect(messages(later.orderId)).resolves.toHaveLength(1);
    const [poll] = await test.query('select bootstrap_by, bootstrap_at from polls');
    expect(poll).toEqual({ bootstrap_by: null, bootstrap_at: null });
  });

  it('asks nothing of an Airtable that is not configured', async () => {
    airtable.withheld = 'not-configured';
    await look();
    expect(airtable.calls).toEqual([]);
  });
});
