import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { AirtableClient } from '@visapi/backend-providers';
import { FakeAirtableClient } from '@visapi/backend-providers/fake/airtable';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  readWords,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ApplicationsModule } from '../applications.module.js';
import type { GivenIssues } from '../issues/issue-text.js';
import { VisaWindow } from '../visa-window.js';
import { MatchIssues } from './match-issues.command.js';
import { ReportIssues } from './report-issues.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  const window = new VisaWindow({ notifyWithinHours: 168, messageDelayMs: 0, pollSeconds: 0 });
  const given = provideGlobally(
    new Map<object, unknown>([
      [AirtableClient, new FakeAirtableClient()],
      [VisaWindow, window],
    ]),
  );
  app = await createTestContext(test.url, [given, ApplicationsModule]);
  commands = app.get(CommandBus);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const newApplicant = () => `apl_${(counter += 1)}`;

/** An order with one applicant, whose passport says who it is. */
async function orderOf(applicantId: string) {
  const order = await plantOrder(test);
  const passport = { firstName: 'DANA', lastName: 'LEDUGMA' };
  await test.query('update order_details set applicants = $2, applicants_key_id = null where order_id = $1', [
    order.orderId,
    Buffer.from(JSON.stringify([{ id: applicantId, passport }])),
  ]);
  await test.query('insert into order_applicants (order_id, ordinal, applicant_id) values ($1, 1, $2)', [
    order.orderId,
    applicantId,
  ]);
  return order;
}

const shadow = { value: 'with_shadow_light', label: 'With Shadow/Light' };
const cut = { value: 'cut_on_sides', label: 'Cut on sides' };
const twoIssues: GivenIssues = { passport_photo: [shadow, cut] };
const by = { actor: 'key:staff', apiKeyId: null, correlationId: 'reported' };

const report = async (applicantId: string, issues: GivenIssues = twoIssues, phone: string | null = null) =>
  await commands.execute(new ReportIssues(applicantId, issues, phone, by));

async function messages(applicantId: string) {
  const rows = await test.query<Record<string, unknown> & { id: string }>(
    `select e.id, e.state, e.reason, e.awaits_contact, m.template, m.phone
     from effects e join messages m on m.effect_id = e.id where m.applicant_id = $1 order by e.id`,
    [applicantId],
  );
  return await Promise.all(
    rows.map(async ({ id, ...row }) => ({ ...row, parameters: await readWords(test, id) })),
  );
}

describe('issues that staff report', () => {
  it('reach the applicant as one message with everything in it', async () => {
    const applicant = newApplicant();
    const { orderId, phone } = await orderOf(applicant);
    await expect(report(applicant)).resolves.toMatchObject({
      status: 'planned',
      orderId,
      applicantName: 'DANA LEDUGMA',
      totalIssues: 2,
      isTold: false,
    });
    const [message, ...others] = await messages(applicant);
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      state: 'planned',
      template: 'fix_mistake_global_hebrew',
      phone,
      parameters: ['DANA LEDUGMA', 'הודו', '🛂 תצלום דרכון', expect.stringMatching(/^1\) .+ 2\) .+\.$/)],
    });
  });

  it('are told once when they are posted twice, in another order or at the same time', async () => {
    const applicant = newApplicant();
    await orderOf(applicant);
    const results = await Promise.all([
      report(applicant),
      report(applicant, { passport_photo: [cut, shadow] }),
      report(applicant),
      report(applicant, { passport_photo: [shadow, cut, shadow] }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'planned',
    ]);
    expect(new Set(results.map(({ issueId }) => issueId)).size).toBe(1);
    await expect(messages(applicant)).resolves.toHaveLength(1);
    const [row] = await test.query('select repeats from applicant_issues where applicant_id = $1', [
      applicant,
    ]);
    expect(row).toEqual({ repeats: 3 });
  });

  it('are told again when they are others, of another applicant, for another phone, or there again a day later', async () => {
    const [applicant, sibling] = [newApplicant(), newApplicant()];
    await orderOf(applicant);
    await orderOf(sibling);
    await report(applicant);
    await report(applicant, { passport_photo: [shadow] });
    await report(applicant, twoIssues, '+972500000077');
    await report(sibling);
    await expect(messages(applicant)).resolves.toHaveLength(3);
    await expect(messages(sibling)).resolves.toHaveLength(1);
    await test.query(
      `update applicant_issues set reported_at = reported_at - interval '25 hours',
         matched_at = matched_at - interval '25 hours' where applicant_id = $1`,
      [applicant],
    );
    await expect(report(applicant)).resolves.toMatchObject({ status: 'planned' });
    await expect(messages(applicant)).resolves.toHaveLength(4);
  });

  it('are told once when they are reported again a day later and the vendor serves nobody meanwhile', async () => {
    const applicant = newApplicant();
    const { orderId } = await orderOf(applicant);
    await report(applicant);
    await test.query(
      `update applicant_issues set reported_at = reported_at - interval '25 hours',
         matched_at = matched_at - interval '25 hours' where applicant_id = $1`,
      [applicant],
    );
    await test.query(
      `update effects set planned_at = planned_at - interval '25 hours' where order_id = $1 and purpose = 'issues'`,
      [orderId],
    );
    await report(applicant);
    const sending = new MessagesRepository();
    const owed = await test.query<{ id: string }>(
      `select id from effects where order_id = $1 and purpose = 'issues' order by planned_at`,
      [orderId],
    );
    const claims = [];
    for (const { id } of owed) claims.push(await sending.claim(test.database.db, id, newId(), 72 * 3_600));
    expect(claims).toEqual([undefined, expect.objectContaining({ effectId: owed[1]?.id })]);
  });

  it('are told once to one phone, whether it is named or not', async () => {
    const [applicant, other] = [newApplicant(), newApplicant()];
    const { phone } = await orderOf(applicant);
    await report(applicant);
    await expect(report(applicant, twoIssues, phone)).resolves.toMatchObject({ status: 'duplicate' });
    await expect(messages(applicant)).resolves.toHaveLength(1);
    const order = await orderOf(other);
    await report(other, twoIssues, order.phone);
    await expect(report(other)).resolves.toMatchObject({ status: 'duplicate' });
  });

  it('are told to the phone that staff name although the order withheld them', async () => {
    const applicant = newApplicant();
    const { orderId, phone } = await orderOf(applicant);
    await test.query('update orders set whatsapp_alerts_enabled = false where order_id = $1', [orderId]);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'skipped' });
    await expect(report(applicant, twoIssues, phone)).resolves.toMatchObject({ status: 'planned' });
  });

  it('are told once however often they were reported before their order came', async () => {
    const applicant = newApplicant();
    await report(applicant);
    await test.query(
      `update applicant_issues set reported_at = reported_at - interval '25 hours',
         matched_at = matched_at - interval '25 hours' where applicant_id = $1`,
      [applicant],
    );
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate' });
    await orderOf(applicant);
    await commands.execute(new MatchIssues());
    await expect(messages(applicant)).resolves.toHaveLength(1);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate' });
  });

  it('are told when they are reported again after what withheld them is gone, and only once', async () => {
    const applicant = newApplicant();
    const { orderId } = await orderOf(applicant);
    await test.query('update orders set whatsapp_alerts_enabled = false where order_id = $1', [orderId]);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'skipped', reason: 'no-consent' });
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate', reason: 'no-consent' });
    await expect(messages(applicant)).resolves.toHaveLength(1);
    await test.query('update orders set whatsapp_alerts_enabled = true where order_id = $1', [orderId]);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'planned', reason: null });
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate', isTold: false });
    await expect(messages(applicant)).resolves.toMatchObject([{ state: 'skipped' }, { state: 'planned' }]);
  });

  it('go to a phone that staff name without waiting for the contact or for consent', async () => {
    const applicant = newApplicant();
    const { orderId } = await orderOf(applicant);
    await test.query('update orders set whatsapp_alerts_enabled = false where order_id = $1', [orderId]);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'skipped', reason: 'no-consent' });
    await report(applicant, twoIssues, '+972500000066');
    await expect(messages(applicant)).resolves.toMatchObject([
      { state: 'skipped', reason: 'no-consent', phone: null, parameters: null },
      { state: 'planned', phone: '+972500000066', awaits_contact: false },
    ]);
  });

  it('wait for the order of an applicant whom nobody knows yet, and are told once when it comes', async () => {
    const applicant = newApplicant();
    await expect(report(applicant)).resolves.toMatchObject({ status: 'unmatched', orderId: null });
    await expect(commands.execute(new MatchIssues())).resolves.toEqual({ matched: [], failed: [] });
    const { orderId } = await orderOf(applicant);
    const found = await Promise.all([
      commands.execute(new MatchIssues()),
      commands.execute(new MatchIssues()),
    ]);
    expect(found.flatMap(({ matched }) => matched)).toEqual([orderId]);
    await expect(messages(applicant)).resolves.toMatchObject([{ state: 'planned' }]);
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate' });
  });

  it('are kept but not told when an unknown code has no words, or the country is unknown', async () => {
    const [applicant, other] = [newApplicant(), newApplicant()];
    await orderOf(applicant);
    const withheld = { status: 'skipped', reason: 'untranslatable' };
    await expect(report(applicant, { face_photo: [{ value: 'sunburn' }] })).resolves.toMatchObject(withheld);
    const { orderId } = await orderOf(other);
    await test.query(`update orders set product_country = 'atlantis' where order_id = $1`, [orderId]);
    await expect(report(other)).resolves.toMatchObject(withheld);
    await expect(messages(applicant)).resolves.toMatchObject([{ state: 'skipped', parameters: null }]);
  });

  it('say of a repeat whether its message has gone out', async () => {
    const applicant = newApplicant();
    const { orderId } = await orderOf(applicant);
    await report(applicant);
    await test.query(
      `update effects set state = 'accepted', accepted_at = now() where order_id = $1 and purpose = 'issues'`,
      [orderId],
    );
    await expect(report(applicant)).resolves.toMatchObject({ status: 'duplicate', isTold: true });
  });

  it('stand in the history of the order', async () => {
    const applicant = newApplicant();
    const { orderId } = await orderOf(applicant);
    await report(applicant);
    const events = await test.query(
      `select type, actor from events where aggregate_id = $1 and type <> 'order.created' order by position`,
      [orderId],
    );
    expect(events).toEqual([
      { type: 'issues.reported', actor: 'key:staff' },
      { type: 'message.planned', actor: 'key:staff' },
    ]);
  });
});
