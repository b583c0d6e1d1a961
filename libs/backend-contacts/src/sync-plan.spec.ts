import { describe, expect, it } from '@jest/globals';
import type { FieldOutcome } from '@visapi/backend-providers';
import { heldFields, outcomesOf, planSync } from './sync-plan.js';

const names = ['a', 'b', 'c', 'd'];
const contact = (...valued: string[]) => ({
  phone: '972500000001',
  firstName: 'דנה',
  email: undefined,
  gender: undefined,
  language: 'he',
  fields: valued.map((name) => ({ name, value: '1' })),
});
const claim = (
  confirmedFields: string[] = [],
  olderFields: string[] = [],
  cbbContactId: string | null = '1',
) => ({
  cbbContactId,
  confirmedFields,
  olderFields,
});
const none = new Set<string>();

describe('what a sync has to do about the fields', () => {
  it('writes what has a value and leaves out what has none', () => {
    const plan = planSync(claim(), contact('a', 'b'), names, none);
    expect(plan).toMatchObject({ isHeld: false, leftOut: ['c', 'd'], wrongId: [] });
    expect(plan.change).toMatchObject({ confirmed: [], outdated: [] });
  });

  it('has nothing to do when everything is confirmed, but not before the contact is known', () => {
    expect(planSync(claim(['a', 'b']), contact('a', 'b'), names, none).isHeld).toBe(true);
    expect(planSync(claim(['a', 'b'], [], null), contact('a', 'b'), names, none).isHeld).toBe(false);
    expect(planSync(claim(['a']), contact('a', 'b'), names, none).isHeld).toBe(false);
  });

  it('empties what an older order has left and this one has no value for', () => {
    const plan = planSync(claim([], ['a', 'c', 'unknown']), contact('a', 'b'), names, none);
    expect(plan.change.outdated).toEqual(['c']);
    expect(plan.leftOut).toEqual(['d']);
  });

  it('neither writes nor empties a field whose id is somebody else’s', () => {
    const plan = planSync(claim([], ['c']), contact('a', 'b'), names, new Set(['a', 'c']));
    expect(plan.change.wanted.fields.map(({ name }) => name)).toEqual(['b']);
    expect(plan.change.outdated).toEqual([]);
    expect(plan.wrongId).toEqual(['a']);
  });
});

describe('what became of the fields', () => {
  const plan = planSync(claim([], ['c', 'd']), contact('a', 'b'), names, none);
  const outcomes = new Map<string, FieldOutcome>([
    ['a', 'written'],
    ['b', 'refused'],
    ['c', 'cleared'],
    ['d', 'not-cleared'],
  ]);

  it('is told by name, and what did not happen is not mentioned', () => {
    expect(outcomesOf(plan, outcomes)).toEqual({
      written: ['a'],
      refused: ['b'],
      cleared: ['c'],
      notCleared: ['d'],
    });
  });

  it('is remembered with the old value that could not be taken away, so that the next sync tries again', () => {
    expect(heldFields(plan, outcomes)).toEqual(['a', 'b', 'd']);
  });
});
