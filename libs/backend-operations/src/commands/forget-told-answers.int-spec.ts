import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { IdempotencyKeysRepository } from '@visapi/backend-repositories/idempotency';
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

const keys = new IdempotencyKeysRepository();
const meet = async (key: string) => {
  const asked = { owner: 'key:1', key, route: 'POST /', bodyHash: Buffer.alloc(32) };
  return await keys.meet(test.database.db, asked, { leaseMs: 60_000, keepMs: 86_400_000 });
};
const bodyAbout = (about: object) => Buffer.from(JSON.stringify({ success: true, data: about }));

/** An answer that is kept for the Idempotency-Key of its order. */
async function answered(orderId: string, about: object = { orderId, clientName: name }): Promise<void> {
  const begun = await meet(orderId);
  const answer = { status: 200, headers: {}, body: bodyAbout(about) };
  if (!begun || !(await keys.keep(test.database.db, begun, answer))) throw new Error('It is not kept');
}

/** The same as it was kept before answers were sealed. */
async function answeredBefore(key: string, about: object): Promise<void> {
  await test.query(
    `insert into idempotency_keys (id, owner, key, route, body_hash, state, locked_until, status, headers, body, expires_at)
     values (gen_random_uuid(), 'key:1', $1, 'POST /', sha256(''), 'done', now(), 200, '{}', $2, now() + interval '1 day')`,
    [key, bodyAbout(about)],
  );
}

const keptOf = async (key: string) =>
  (
    await test.query(
      `select status, headers, body, body_key_id, resource_id from idempotency_keys where key = $1`,
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
    await answeredBefore('before', { orderId, clientName: name });
    // More than are looked through at once.
    await test.query(
      `insert into idempotency_keys (id, owner, key, route, body_hash, state, locked_until, status, headers, body, expires_at)
       select gen_random_uuid(), 'key:2', n::text, 'POST /', sha256(''), 'done', now(), 200, '{}', $1, now() + interval '1 day'
       from generate_series(1, 1100) n`,
      [bodyAbout({ orderId, clientName: name })],
    );
    const by = { actor: 'user:1', correlationId: 'asked' };
    const wish = { reason: 'asked by letter', dryRun: false, force: true };
    await app.get(CommandBus).execute(new ErasePerson({ phone }, wish, by));
    const gone = { status: null, headers: null, body: null, body_key_id: null, resource_id: orderId };
    await expect(keptOf(orderId)).resolves.toEqual(gone);
    await expect(keptOf('list')).resolves.toEqual(gone);
    await expect(keptOf('before')).resolves.toEqual(gone);
    expect((await meet(longer))?.body).toEqual(bodyAbout({ orderId: longer, clientName: name }));
    const left = await test.query(
      `select key from idempotency_keys where owner = 'key:2' and body is not null`,
    );
    expect(left).toEqual([]);
  });
});
