import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AirtableClient } from '@visapi/backend-providers';
import { FakeAirtableClient } from '@visapi/backend-providers/fake/airtable';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ApplicationsModule } from '../applications.module.js';
import type { VisaApplication } from '../visa-messages.js';
import { VisaWindow } from '../visa-window.js';
import { PlanVisaMessages } from './plan-visa-messages.command.js';
import { RecordCompleted } from './record-completed.command.js';
import { ResendVisa } from './resend-visa.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
const by = { actor: 'key:operator', correlationId: 'ops-1' };

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

const application = (number: number, changes: Partial<VisaApplication> = {}): VisaApplication => ({
  recordId: `rec${number}`,
  applicationId: `apl_${number}`,
  visaId: null,
  visaUrl: `https://files.example.test/visa${number}.pdf?sig=fake`,
  name: 'DANA LEDUGMA',
  status: 'Approved',
  ...changes,
});
const both = [application(1), application(2)];

/** The poll shows the order as completed. */
async function complete(orderId: string, applications: readonly VisaApplication[] = both) {
  const recordId = `rec${orderId}`;
  await commands.execute(new RecordCompleted([{ recordId, orderId, completedAt: new Date() }]));
  return await commands.execute(new PlanVisaMessages(recordId, orderId, applications, 'poll'));
}

const resend = async (orderId: string, phone: string | null = null, applications = both) =>
  await commands.execute(
    new ResendVisa(orderId, applications, { phone, force: false, reason: 'asked for', dryRun: false }, by),
  );

async function messages(orderId: string) {
  return await test.query<{ id: string }>(
    `select e.id, e.state, e.resend_of, m.applicant_id, m.phone from effects e join messages m on m.effect_id = e.id
     where e.order_id = $1 and e.purpose = 'visa' order by e.id`,
    [orderId],
  );
}

describe('visas that an operator hands out', () => {
  it('are not handed out once more when the poll finds the order completed', async () => {
    const { orderId } = await plantOrder(test);
    await resend(orderId);
    await expect(complete(orderId)).resolves.toMatchObject({ kind: 'done', planned: 0 });
    await expect(messages(orderId)).resolves.toHaveLength(2);
  });

  it('reach the customer too when the operator had them sent to another phone first', async () => {
    const { orderId, phone } = await plantOrder(test);
    await resend(orderId, '+972505555555');
    await expect(complete(orderId)).resolves.toMatchObject({ planned: 2 });
    const phones = (await messages(orderId)).map((message) => (message as { phone?: string }).phone);
    expect(phones).toEqual(['+972505555555', '+972505555555', phone, phone]);
  });

  it('are messages of their own, once for two operators at the same time, when they were told before', async () => {
    const { orderId } = await plantOrder(test);
    await complete(orderId);
    await test.query(`update effects set state = 'accepted', accepted_at = now() where order_id = $1`, [
      orderId,
    ]);
    await Promise.all([resend(orderId), resend(orderId)]);
    const all = await messages(orderId);
    expect(all).toHaveLength(4);
    expect(all.slice(2)).toMatchObject([{ resend_of: all[0]?.id }, { resend_of: all[1]?.id }]);
  });

  it('leave no trace when none could be handed out', async () => {
    const { orderId } = await plantOrder(test);
    const result = await resend(orderId, null, [application(1, { visaUrl: null })]);
    expect(result).toEqual({ planned: [], passedOver: [{ applicationId: 'apl_1', reason: 'no-document' }] });
    const events = await test.query(
      `select 1 from events where aggregate_id = $1 and type = 'operator.resent'`,
      [orderId],
    );
    expect(events).toEqual([]);
  });
});
