import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { createTestDatabase, plantOrder, quietLog, type TestDatabase, until } from '@visapi/backend-testing';
import { LeaseKeeper } from './lease-keeper.js';

const renewalMs = 5_000;
let test: TestDatabase;
let keeper: LeaseKeeper;

beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(() => {
  // Only the keeper's own timer is ours to move; the driver needs the real ones.
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'performance', 'Date', 'queueMicrotask'],
  });
  keeper = new LeaseKeeper(test.database, new EffectsRepository(), quietLog);
});
afterEach(() => {
  keeper.onApplicationShutdown();
  jest.useRealTimers();
});
afterAll(async () => await test.drop());

async function claimed() {
  const { contactId } = await plantOrder(test, { contact: 'planned' });
  await test.query(
    `update effects set state = 'claimed', attempt = 3, lease_until = now() + interval '1 second' where id = $1`,
    [contactId],
  );
  return { effectId: contactId, attempt: 3 };
}

/** In seconds of Postgres' clock. */
async function leaseEnd(effectId: string): Promise<number> {
  const [row] = await test.query<{ at: string }>(
    'select extract(epoch from lease_until) as at from effects where id = $1',
    [effectId],
  );
  return Number(row?.at);
}

describe('LeaseKeeper', () => {
  it('renews every claim that is being worked on, and none that was released', async () => {
    const [held, released] = [await claimed(), await claimed()];
    const [before, untouched] = [await leaseEnd(held.effectId), await leaseEnd(released.effectId)];
    const work = keeper.hold(held);
    keeper.hold(released).release();
    jest.advanceTimersByTime(renewalMs);
    await until(
      async () => await leaseEnd(held.effectId),
      // It had a second; renewed later than that was planted, it has 15 s from then.
      (end) => end >= before + 14,
    );
    expect(await leaseEnd(released.effectId)).toBe(untouched);
    expect(work.signal.aborted).toBe(false);
    work.release();
  });

  it('renews well before a lease can run out', () => {
    expect(renewalMs * 2).toBeLessThan(15_000);
  });

  it.each([
    ['was taken by another attempt', `attempt = 4`],
    ['was taken back by the sweep', `state = 'planned', lease_until = null`],
    ['was settled by a receipt', `state = 'accepted', lease_until = null`],
  ])('tells whoever works on a claim that %s to stop', async (_name, change) => {
    const claim = await claimed();
    const work = keeper.hold(claim);
    await test.query(`update effects set ${change} where id = $1`, [claim.effectId]);
    jest.advanceTimersByTime(renewalMs);
    await until(
      async () => await Promise.resolve(work.signal.aborted),
      (aborted) => aborted,
    );
    work.release();
  });

  it('stops nobody because the database is away for a moment', async () => {
    const gone = Database.open(
      { url: 'postgres://visapi_app:x@127.0.0.1:1/none', poolMax: 1 },
      'gone',
      () => undefined,
    );
    const failed = Promise.withResolvers<void>();
    class Watched extends EffectsRepository {
      override async renew(...given: Parameters<EffectsRepository['renew']>) {
        return await super.renew(...given).finally(failed.resolve);
      }
    }
    const lonely = new LeaseKeeper(gone, new Watched(), quietLog);
    const work = lonely.hold({ effectId: '019b8a5e-0000-7000-8000-000000000001', attempt: 1 });
    jest.advanceTimersByTime(renewalMs);
    await failed.promise;
    expect(work.signal.aborted).toBe(false);
    lonely.onApplicationShutdown();
    await gone.close();
  });
});
