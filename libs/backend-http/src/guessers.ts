import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';

const mostRemembered = 10_000;
/** A credential that was right is believed to be no guess for so long; looked at again in half the time. */
const recognisedMs = 600_000;

/**
 * Which addresses have used up what they may send without a valid credential, and which credentials were right lately.
 * From such an address, credentials that this process has never seen to be right are not even looked at: they may be
 * guesses. Those that were right go on: an office shares its address with whoever else is in it.
 */
export class Guessers {
  private readonly barred = new LRUCache<string, true>({ max: mostRemembered, ttl: 1 });
  private readonly right = new LRUCache<string, true>({ max: mostRemembered, ttl: recognisedMs });
  private readonly seen = new LRUCache<string, true>({ max: mostRemembered, ttl: recognisedMs / 2 });

  bar(address: string, seconds: number): void {
    this.barred.set(address, true, { ttl: seconds * 1_000 });
  }

  /** Seconds for which what this request brings is not looked at; 0 = it is. */
  barredFor(address: string, headers: IncomingHttpHeaders): number {
    if (this.barred.size === 0 || !this.barred.has(address) || this.right.has(digestOf(headers))) return 0;
    return Math.max(1, Math.ceil(this.barred.getRemainingTTL(address) / 1_000));
  }

  /** @param owner of the credential, a key or a session: for each, one is hashed now and then, and not at every request */
  recognised(owner: string, headers: IncomingHttpHeaders): void {
    if (this.seen.has(owner)) return;
    this.seen.set(owner, true);
    this.right.set(digestOf(headers), true);
  }
}

/**
 * Of what decides who asks: the first of the three, whatever else was sent. A digest, because what is kept for a while
 * should open nothing.
 */
function digestOf({ authorization, cookie, 'x-api-key': key }: IncomingHttpHeaders): string {
  const decisive = [
    ['key', key],
    ['authorization', authorization],
    ['cookie', cookie],
  ].find(([, value]) => value !== undefined);
  return hash('sha256', JSON.stringify(decisive ?? []), 'base64url');
}
