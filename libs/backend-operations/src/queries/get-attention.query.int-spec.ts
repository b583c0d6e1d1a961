import type { INestApplicationContext } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { OperationsModule } from '../operations.module.js';
import { GetAttention } from './get-attention.query.js';

let test: TestDatabase;
let app: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OperationsModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const attention = async () => await app.get(QueryBus).execute(new GetAttention());
const put = async (id: string, state: string) =>
  await test.query(`update effects set state = $2 where id = $1`, [id, state]);

/** One more effect of the same order in the stead of this one. */
async function again(id: string, { resendOf, state }: { resendOf: string | null; state: string }) {
  await test.query(
    `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id, resend_of)
     select gen_random_uuid(), kind, purpose, semantic_key || ':' || gen_random_uuid(), order_id, lane, $2, 'c', $3
     from effects where id = $1`,
    [id, state, resendOf],
  );
}

describe('what needs a person', () => {
  it('is no message any more that another one stands for, since an operator had it sent again', async () => {
    const [failed, uncertain] = [await plantOrder(test), await plantOrder(test)];
    await put(failed.messageId, 'failed');
    await put(uncertain.messageId, 'uncertain');
    await expect(attention()).resolves.toMatchObject({ failed: 1, uncertain: 1 });
    for (const { messageId } of [failed, uncertain])
      await again(messageId, { resendOf: messageId, state: 'accepted' });
    await expect(attention()).resolves.toMatchObject({ failed: 0, uncertain: 0 });
  });

  it('is no contact any more that a newer one of its order stands for, and that one if it fails too', async () => {
    const { contactId } = await plantOrder(test);
    await put(contactId, 'failed');
    await expect(attention()).resolves.toMatchObject({ failed: 1 });
    await again(contactId, { resendOf: null, state: 'accepted' });
    await expect(attention()).resolves.toMatchObject({ failed: 0 });
    await again(contactId, { resendOf: null, state: 'failed' });
    await expect(attention()).resolves.toMatchObject({ failed: 1 });
  });
});
