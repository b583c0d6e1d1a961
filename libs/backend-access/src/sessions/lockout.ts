import { createHmac } from 'node:crypto';
import { AppError } from '@visapi/backend-kernel';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyTries } from '../sessions.errors.js';

const windowSeconds = 900;
const longestSeconds = 4 * 3_600;
/** How long a lock makes the next one longer. */
const memorySeconds = 86_400;
/** How long it is remembered from where the right password of an account came. */
const knownSeconds = 30 * 86_400;

/**
 * Wrong passwords that are borne within 15 minutes: of one address of the network for one account, for one account from
 * everywhere, and of one network address for all accounts. The second is larger, and does not concern addresses from which the
 * account's right password came lately, or anybody could lock anybody out.
 */
const borne = { pair: 5, account: 20, address: 40 } as const;
type Scope = keyof typeof borne;

/** Who tries to sign in as whom. */
export interface Try {
  readonly email: string;
  /** Of the network, or the network itself where one has many. */
  readonly address: string;
}

/**
 * Stops the guessing of passwords. A try is counted before the password is looked at, so that parallel tries are not more
 * than others; a right password takes back those of its account. Without Redis nobody signs in: nobody counts then.
 */
export class Lockout {
  private readonly limiters: Readonly<Record<Scope, RateLimiterRedis>>;
  private readonly locks: RateLimiterRedis;
  private readonly known: RateLimiterRedis;
  private readonly key: Buffer;

  /** @param redis a client of ioredis whose commands fail soon while the server is away */
  constructor(redis: object, pepper: string) {
    const limiter = (name: string, points: number, duration: number) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `visapi:lockout:${name}`,
        rejectIfRedisNotReady: true,
        points,
        duration,
      });
    this.limiters = {
      pair: limiter('pair', borne.pair, windowSeconds),
      account: limiter('account', borne.account, windowSeconds),
      address: limiter('address', borne.address, windowSeconds),
    };
    this.locks = limiter('locks', Number.MAX_SAFE_INTEGER, memorySeconds);
    this.known = limiter('known', 1, knownSeconds);
    // Redis holds no e-mail address, and none can be found out from what it holds.
    this.key = createHmac('sha256', pepper).update('lockout').digest();
  }

  /** Counts a try. @throws AppError `rate-limited` when there were too many, `unavailable` without Redis */
  async take(one: Try): Promise<void> {
    for (const [scope, id] of await this.countedOf(one)) {
      const over = await answered(this.consume(scope, id));
      if (over !== undefined) throw tooManyTries(over);
    }
  }

  /** The password was right. */
  async forgive(one: Try): Promise<void> {
    for (const [scope, id] of await this.countedOf(one)) {
      // Who knows one password may still be guessing others.
      if (scope === 'address') await answered(this.limiters.address.reward(id));
      else await answered(this.limiters[scope].delete(id));
      if (scope === 'pair') await answered(this.known.set(id, 1, knownSeconds));
    }
  }

  /** @returns seconds to wait when there were too many */
  private async consume(scope: Scope, id: string): Promise<number | undefined> {
    try {
      await this.limiters[scope].consume(id);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const isFirst = refusal.consumedPoints === borne[scope] + 1;
      return isFirst ? await this.lock(scope, id) : Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    }
  }

  /** Each lock within a day is twice as long as the one before. */
  private async lock(scope: Scope, id: string): Promise<number> {
    const { consumedPoints } = await this.locks.consume(`${scope}:${id}`);
    const seconds = Math.min(windowSeconds * 2 ** (consumedPoints - 1), longestSeconds);
    await this.limiters[scope].block(id, seconds);
    return seconds;
  }

  /** From where the account is at home, what others do to it neither counts nor is taken back. */
  private async countedOf(one: Try): Promise<readonly (readonly [Scope, string])[]> {
    const ids = this.idsOf(one);
    const isAtHome = (await answered(this.known.get(ids.pair))) !== null;
    const scopes: readonly Scope[] = isAtHome ? ['pair', 'address'] : ['pair', 'account', 'address'];
    return scopes.map((scope) => [scope, ids[scope]] as const);
  }

  private idsOf({ email, address }: Try): Readonly<Record<Scope, string>> {
    const account = createHmac('sha256', this.key).update(email.toLowerCase()).digest('base64url');
    return { pair: `${account}:${address}`, account, address };
  }
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const options = { retryAfterSeconds: 5, cause: error };
    throw new AppError('unavailable', 'Signing in is not possible for a moment.', options);
  }
}
