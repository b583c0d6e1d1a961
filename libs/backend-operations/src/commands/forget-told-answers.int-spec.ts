import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { PrivacyModule } from '../privacy.module.js';
import { ErasePerson } from './erase-person.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [PrivacyModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const name = 'Noa Invented';

/** An answer that is kept for the Idempotency-Key of its order. */
async function answered(orderId: string, about: object = { orderId, clientName: name }): Promise<void> {
  const body = Buffer.from(JSON.stringify({ success: true, data: about }));
  await test.query(
    `insert into idempotency_keys (id, owner, key, route, body_hash, state, locked_until, status, headers, body, expires_at)
     values (gen_random_uuid(), 'key:1', $1, 'POST /', sha256(''), 'done', now(), 200, '{}', $2, now() + interval '1 day')`,
    [orderId, body],
  );
}

const keptOf = async (key: string) =>
  (
    await test.query(
      `select status, headers, convert_from(body, 'UTF8') as body, resource_id from idempotency_keys where key = $1`,
      [key],
    )
  )[0];

describe('a person who is forgotten', () => {
  it('is in no answer that is kept for a repeated request; it is known still that the request was done', async () => {
    const { orderId, phone } = await plantOrder(test, { contact: 'failed' });
    const longer = `${orderId}0`;
    await answered(orderId);
    await answered('list', [{ orderId, clientName: name }]);
    await answered(longer);
    const by = { actor: 'user:1', correlationId: 'asked' };
    const wish = { reason: 'asked by letter', dryRun: false, force: true };
    await app.get(CommandBus).execute(new ErasePerson({ phone }, wish, by));
    const gone = { status: null, headers: null, body: null, resource_id: orderId };
    await expect(keptOf(orderId)).resolves.toEqual(gone);
    await expect(keptOf('list')).resolves.toEqual(gone);
    await expect(keptOf(longer)).resolves.toMatchObject({ status: 200, body: expect.stringContaining(name) });
  });
});
