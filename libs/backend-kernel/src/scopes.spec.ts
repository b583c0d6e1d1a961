import { describe, expect, it } from '@jest/globals';
import { heldScopes, isGrant, SCOPES } from './scopes.js';

describe('grants', () => {
  it.each([
    [['orders:read'], ['orders:read']],
    [
      ['orders:*', 'ledger:read'],
      ['orders:read', 'orders:write', 'orders:operate', 'ledger:read'],
    ],
    [['integrations:airtable:*'], ['integrations:airtable:read', 'integrations:airtable:write']],
    [['moon:land', 'moon:*', '*', ':*', 'orders', 'orders:', 'ORDERS:READ', '__proto__'], []],
    [['admin'], [...SCOPES]],
  ])('%j hold %j', (grants, scopes) => {
    expect([...heldScopes(grants)]).toEqual(scopes);
  });

  it('that nobody knows are told apart from those that hold something', () => {
    expect(['orders:read', 'orders:*', 'admin'].every(isGrant)).toBe(true);
    expect(['*', 'orders', 'moon:*', ''].some(isGrant)).toBe(false);
  });
});
