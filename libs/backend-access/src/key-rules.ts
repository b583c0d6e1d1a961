import type { Scope } from '@visapi/backend-kernel';
import type { ApiKeyState, ToldApiKey } from '@visapi/backend-repositories/access';
import { expiryPassed, expiryTooLate, networksBeyond, overlapRunning } from './api-key.errors.js';
import { AllowedNetworks } from './network.js';

const dayMs = 86_400_000;
/** How far ahead a key may end that was given out by somebody who does not hold `admin`. */
const mostDays = 366;

/** A key as it is shown. */
export type ShownApiKey = ToldApiKey & { readonly state: ApiKeyState };

interface Ending {
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
}

export function stateOf({ revokedAt, expiresAt }: Ending, now: Date): ApiKeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'live';
}

export function shownKey(key: ToldApiKey, now: Date): ShownApiKey {
  return { ...key, state: stateOf(key, now) };
}

/** When a key shall end: at a time (null = never), after so many days, or, where nothing is said, after the usual ones. */
export interface WantedEnd {
  readonly expiresAt?: Date | null | undefined;
  readonly expiresInDays?: number | undefined;
}

/** @throws AppError `invalid` when it has passed, `forbidden` when only an administrator may let it be that late */
export function endOf(
  { expiresAt, expiresInDays }: WantedEnd,
  usualDays: number,
  giver: ReadonlySet<Scope>,
  now: Date,
): Date | null {
  const path = expiresInDays === undefined ? 'expiresAt' : 'expiresInDays';
  const after = (days: number) => new Date(now.getTime() + days * dayMs);
  const end = expiresAt === undefined ? after(expiresInDays ?? usualDays) : expiresAt;
  if (end !== null && end <= now) throw expiryPassed(path);
  if (!giver.has('admin') && (end === null || end > after(mostDays))) throw expiryTooLate(path, mostDays);
  return end;
}

/**
 * A key that is bound to networks gives out none that reaches further, or the bond would hold nobody.
 * @param own networks of the giver's own key; none = it is not bound, or the giver is no key
 */
export function demandNetworks(networks: readonly string[], own: readonly string[]): void {
  if (own.length === 0) return;
  const allowed = new AllowedNetworks(own);
  const beyond = networks.filter((network) => !allowed.contain(network));
  if (networks.length === 0 || beyond.length > 0) throw networksBeyond(beyond, own);
}

interface Secrets {
  readonly hashedSecret: Buffer;
  readonly previousExpiresAt: Date | null;
  readonly expiresAt: Date | null;
}

/**
 * What becomes of the secret that another one takes the place of.
 * @throws AppError `conflict` while an earlier one is accepted besides it
 */
export function previousAfter(
  { hashedSecret, previousExpiresAt, expiresAt }: Secrets,
  overlapSeconds: number,
  now: Date,
): { readonly previousHashedSecret: Buffer | null; readonly previousExpiresAt: Date | null } {
  if (overlapSeconds === 0) return { previousHashedSecret: null, previousExpiresAt: null };
  if (previousExpiresAt !== null && previousExpiresAt > now) throw overlapRunning(previousExpiresAt);
  const until = new Date(now.getTime() + overlapSeconds * 1_000);
  return {
    previousHashedSecret: hashedSecret,
    previousExpiresAt: expiresAt !== null && expiresAt < until ? expiresAt : until,
  };
}
