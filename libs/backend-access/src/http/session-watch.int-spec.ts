import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionsRepository } from '@visapi/backend-repositories/access';
import { createTestDatabase, quietLog, type TestDatabase, until } from '@visapi/backend-testing';
import { SessionWatch } from './session-watch.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

/** Its answers are long under way. */
class FarSessions extends SessionsRepository {
  private readonly road = Promise.withResolvers<void>();
  readonly answered = Promise.withResolvers<void>();

  override async endedSince(...given: Parameters<SessionsRepository['endedSince']>) {
    const found = await super.endedSince(...given);
    this.answered.resolve();
    await this.road.promise;
    return found;
  }

  arrive(): void {
    this.road.resolve();
  }
}

describe('a session that ends while all that ended are being read', () => {
  it('has ended in this process at once, and stays so', async () => {
    const sessions = new FarSessions();
    const watch = new SessionWatch({ database: test.database, sessions }, quietLog, true);
    const [ended, other] = [randomUUID(), randomUUID()];
    watch.note({ id: other, endedAt: null });
    watch.onApplicationBootstrap();
    await sessions.answered.promise;
    watch.end([ended]);
    sessions.arrive();
    await until(
      () => Promise.resolve(watch.isKnown(other)),
      (looked) => looked,
    );
    expect(watch.hasEnded(ended)).toBe(true);
    await watch.onApplicationShutdown();
  });
});
