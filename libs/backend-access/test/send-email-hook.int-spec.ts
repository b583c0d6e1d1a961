import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { VendorError } from '@visapi/backend-providers';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { type Door, openDoor } from './people.js';

const key = Buffer.alloc(32, 5);
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let door: Door;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  door = await openDoor(test, redis);
});
beforeEach(() => void door.mails.mails.splice(0));
afterAll(async () => {
  await door.close();
  await redis.close();
  await test.drop();
});

const order = {
  user: { id: '8484b834-f29e-4af2-bf42-80644d154f76', email: 'dana@visanet.app', user_metadata: {} },
  email_data: {
    token: '305805',
    token_hash: 'd9ef7a4e1b0c',
    redirect_to: 'https://staff.visanet.app/welcome',
    email_action_type: 'recovery',
    site_url: 'https://api.visanet.app',
    token_new: '',
    token_hash_new: '',
  },
};

function signed(body: object | string, id = `msg_${(counter += 1)}`, at = Date.now()) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { body: text, headers };
}
const send = async (sent: object, at = door) => await at.ask('POST', 'auth/hooks/send-email', sent);

describe('Supabase has a mail sent', () => {
  it('by a signed order, with a link to our own confirmation', async () => {
    const answer = await send(signed(order));
    expect([answer.status, answer.data]).toEqual([200, { sent: 1 }]);
    const link =
      'https://api.visanet.app/api/v1/auth/confirm?token_hash=d9ef7a4e1b0c&type=recovery&redirect_to=https%3A%2F%2Fstaff.visanet.app%2Fwelcome';
    expect(door.mails.mails).toEqual([
      expect.objectContaining({ to: 'dana@visanet.app', text: expect.stringContaining(link) }),
    ]);
  });

  it('once, however often it sends the order', async () => {
    const sent = signed(order);
    await send(sent);
    expect((await send(sent)).status).toBe(200);
    expect(door.mails.mails).toHaveLength(1);
  });

  it.each([
    ['unsigned', () => ({ body: order })],
    ['signed too long ago', () => signed(order, 'msg_old', Date.now() - 360_000)],
    ['changed on its way', () => ({ ...signed(order), body: JSON.stringify({ ...order, user: {} }) })],
    ['signed for another id', () => withId(signed(order), 'msg_other')],
  ])('but by nobody when it is %s', async (_name, make) => {
    const answer = await send(make());
    expect(answer).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } });
    expect(door.mails.mails).toEqual([]);
  });

  it('but by nobody where no secret is set', async () => {
    const closed = await openDoor(test, redis, undefined, { hookSecret: undefined });
    try {
      expect((await send(signed(order), closed)).status).toBe(401);
    } finally {
      await closed.close();
    }
  });

  it.each([
    ['no JSON', 'not json'],
    ['a list', '[]'],
    ['without a user', { email_data: order.email_data }],
    ['with an address that is none', { ...order, user: { email: 'x\r\nbcc: y@z.example' } }],
  ])('not when the order is %s', async (_name, body) => {
    expect((await send(signed(body))).status).toBe(422);
    expect(door.mails.mails).toEqual([]);
  });

  it('and is told to ask again when the mail could not be sent', async () => {
    door.mails.failNext(new VendorError('resend', 'unavailable', 'http-503'));
    const away = await send(signed(order));
    expect([away.status, away.headers['retry-after']]).toEqual([503, '5']);
    door.mails.failNext(new VendorError('resend', 'rejected', 'http-422'));
    expect((await send(signed(order))).status).toBe(422);
  });

  it('and nothing of it is kept', async () => {
    await send(signed(order));
    const rows = await test.query(`select row_to_json(e)::text as row from events e`);
    expect(JSON.stringify(rows)).not.toContain('d9ef7a4e1b0c');
  });
});

function withId(sent: ReturnType<typeof signed>, id: string): ReturnType<typeof signed> {
  return { ...sent, headers: { ...sent.headers, 'webhook-id': id } };
}
