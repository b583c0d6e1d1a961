import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestContext, createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { RetentionModule } from '../retention.module.js';
import { ForgetAnswers } from './forget-answers.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [RetentionModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const forget = async (signal = new AbortController().signal) =>
  await app.get(CommandBus).execute(new ForgetAnswers(signal));

/** Keys that expire so many minutes from now; those that are running are held for as many as are given. */
const plant = async (key: string, expiresIn: number, lockedFor?: number, count = 1) =>
  await test.query(
    `insert into idempotency_keys (id, owner, key, route, body_hash, state, locked_until, status, headers, body, expires_at)
     select gen_random_uuid(), 'key:' || n, $1, 'POST /', sha256(''), case when $3::int is null then 'done' else 'running' end,
       now() + make_interval(mins => coalesce($3, 0)), 200, '{}', '{}', now() + make_interval(mins => $2)
     from generate_series(1, $4) n`,
    [key, expiresIn, lockedFor, count],
  );

describe('answers that are kept for Idempotency-Keys', () => {
  it('go once they have expired, however many there are; what somebody works at stays', async () => {
    await plant('young', 1);
    await plant('old', -1, undefined, 1_200);
    await plant('left', -1, -1);
    await plant('worked-at', -1, 1);
    await expect(forget(AbortSignal.abort())).resolves.toBe(0);
    await expect(forget()).resolves.toBe(1_201);
    await expect(test.query('select key from idempotency_keys order by 1')).resolves.toEqual([
      { key: 'worked-at' },
      { key: 'young' },
    ]);
    await expect(forget()).resolves.toBe(0);
  });
});
