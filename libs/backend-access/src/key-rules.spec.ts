import { describe, expect, it } from '@jest/globals';
import { heldScopes } from '@visapi/backend-kernel';
import { demandNetworks, endOf, previousAfter, stateOf } from './key-rules.js';

const now = new Date('2026-11-21T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const [admin, other] = [heldScopes(['admin']), heldScopes(['keys:*'])];

describe('the state of a key', () => {
  it.each([
    ['live', null, null],
    ['live', null, inDays(1)],
    ['expired', null, now],
    ['revoked', inDays(-1), inDays(1)],
    ['revoked', inDays(-1), inDays(-2)],
  ])('is %s', (state, revokedAt, expiresAt) => {
    expect(stateOf({ revokedAt, expiresAt }, now)).toBe(state);
  });
});

describe('when a key ends', () => {
  it.each([
    ['after the usual days where nothing is said', {}, other, inDays(90)],
    ['after so many days', { expiresInDays: 366 }, other, inDays(366)],
    ['at a time', { expiresAt: inDays(2) }, other, inDays(2)],
    ['never, for an administrator', { expiresAt: null }, admin, null],
    ['in ten years, for an administrator', { expiresInDays: 3_650 }, admin, inDays(3_650)],
  ])('is %s', (_name, wanted, giver, end) => {
    expect(endOf(wanted, 90, giver, now)).toEqual(end);
  });

  it.each([
    ['never', { expiresAt: null }, 'forbidden', 'expiresAt'],
    ['in more than a year', { expiresInDays: 367 }, 'forbidden', 'expiresInDays'],
    ['in the past', { expiresAt: inDays(-1) }, 'invalid', 'expiresAt'],
    ['at this moment', { expiresAt: now }, 'invalid', 'expiresAt'],
  ])('is not %s for anybody else', (_name, wanted, category, path) => {
    let thrown: unknown;
    try {
      endOf(wanted, 90, other, now);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ category, details: [expect.objectContaining({ path })] });
  });
});

describe('the secret before', () => {
  const hashedSecret = Buffer.alloc(32, 1);
  const row = { hashedSecret, previousExpiresAt: null, expiresAt: null };
  const until = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

  it('goes on for the overlap, and no longer than its key', () => {
    expect(previousAfter(row, 60, now)).toEqual({
      previousHashedSecret: hashedSecret,
      previousExpiresAt: until(60),
    });
    expect(previousAfter({ ...row, expiresAt: until(9) }, 60, now).previousExpiresAt).toEqual(until(9));
  });

  it('ends at once without an overlap, with every earlier one', () => {
    const ended = { previousHashedSecret: null, previousExpiresAt: null };
    expect(previousAfter(row, 0, now)).toEqual(ended);
    expect(previousAfter({ ...row, previousExpiresAt: until(9) }, 0, now)).toEqual(ended);
  });

  it('is not ended unasked by a second rotation: somebody may still be sending it', () => {
    const rotated = { ...row, previousExpiresAt: until(9) };
    expect(() => previousAfter(rotated, 60, now)).toThrow(/rotated a while ago/);
    expect(previousAfter({ ...row, previousExpiresAt: now }, 60, now).previousHashedSecret).toBe(
      hashedSecret,
    );
  });
});

describe('networks of a key that a bound key gives out', () => {
  const own = ['203.0.113.0/24', '2001:db8::/32'];

  it.each([[['203.0.113.7']], [['203.0.113.0/24', '2001:db8:1::/48']], [['203.0.113.128/25']]])(
    'lie within its own: %j',
    (networks) => {
      expect(() => demandNetworks(networks, own)).not.toThrow();
    },
  );

  it.each([
    [[], 'everywhere'],
    [['203.0.112.0/23'], '203.0.112.0/23'],
    [['203.0.113.7', '198.51.100.1'], '198.51.100.1'],
    [['0.0.0.0/0'], '0.0.0.0/0'],
    [['::/0'], '::/0'],
  ])('are refused where they reach further: %j', (networks, named) => {
    expect(() => demandNetworks(networks, own)).toThrow(
      expect.objectContaining({
        category: 'forbidden',
        details: [expect.objectContaining({ message: expect.stringContaining(named) })],
      }),
    );
  });

  it('are free for whoever is not bound', () => {
    expect(() => demandNetworks([], [])).not.toThrow();
  });
});
