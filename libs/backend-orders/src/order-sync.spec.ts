import { describe, expect, it } from '@jest/globals';
import type { StepRow } from '@visapi/backend-repositories/orders';
import { canMove, orderSyncOf, standingOf } from './order-sync.js';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute));
const blank = {
  resendOf: null,
  reason: null,
  correlationId: 'c',
  plannedAt: at(0),
  acceptedAt: null,
  failedAt: null,
  skippedAt: null,
  uncertainAt: null,
};
const contact = (state: string, more: Partial<StepRow> = {}): StepRow => ({
  ...blank,
  id: 'contact',
  kind: 'contact',
  purpose: 'contact',
  state,
  ...timeOf(state, 1),
  ...more,
});
const confirmation = (state: string, more: Partial<StepRow> = {}): StepRow => ({
  ...blank,
  id: 'confirmation',
  kind: 'message',
  purpose: 'confirmation',
  state,
  ...timeOf(state, 2),
  ...more,
});
const notice = (state: string): StepRow => ({
  ...confirmation(state),
  id: 'notice',
  purpose: 'visa',
  plannedAt: at(9),
});
const again = (state: string, more: Partial<StepRow> = {}) =>
  confirmation(state, { id: 'again', resendOf: 'confirmation', plannedAt: at(10), ...more });

function timeOf(state: string, minute: number): Partial<StepRow> {
  return ['accepted', 'failed', 'skipped', 'uncertain'].includes(state) ? { [`${state}At`]: at(minute) } : {};
}

describe('where an order stands', () => {
  it.each([
    [
      'its contact is under way',
      [contact('claimed'), confirmation('planned')],
      { state: 'syncing-contact', step: 'contact', since: at(0), deadline: at(5), waitingFor: 'contact' },
      false,
    ],
    [
      'its contact is synced and the message is under way',
      [contact('accepted'), confirmation('claimed')],
      { state: 'confirming', step: 'confirmation', since: at(1), deadline: at(6), waitingFor: 'vendor' },
      false,
    ],
    [
      'its customer has been told',
      [contact('accepted'), confirmation('accepted')],
      { state: 'processed', step: null, since: at(2), deadline: null, waitingFor: null },
      true,
    ],
    [
      'its customer did not consent',
      [contact('accepted'), confirmation('skipped', { reason: 'no-consent' })],
      { state: 'withheld', step: 'confirmation', reason: 'no-consent', waitingFor: null },
      true,
    ],
    [
      'its branch owes nothing',
      [contact('skipped', { reason: 'branch' }), confirmation('skipped', { reason: 'branch' })],
      { state: 'withheld', step: 'confirmation', reason: 'branch', waitingFor: null },
      true,
    ],
    [
      'it grew too old to be told by itself',
      [contact('accepted'), confirmation('skipped', { reason: 'stale' })],
      { state: 'withheld', reason: 'stale', waitingFor: 'operator' },
      null,
    ],
    [
      'settings keep it out of the CRM',
      [contact('skipped', { reason: 'dry-run' }), confirmation('skipped', { reason: 'dry-run' })],
      { state: 'withheld', step: 'contact', reason: 'dry-run', waitingFor: 'operator' },
      null,
    ],
    [
      'the CRM refused its contact',
      [contact('failed', { reason: 'http-400' }), confirmation('failed', { reason: 'contact-failed' })],
      { state: 'stopped', step: 'contact', reason: 'http-400', since: at(1), waitingFor: 'operator' },
      false,
    ],
    [
      'the vendor refused the message',
      [contact('accepted'), confirmation('failed', { reason: 'http-400' })],
      { state: 'stopped', step: 'confirmation', reason: 'http-400', since: at(2), waitingFor: 'operator' },
      false,
    ],
    [
      'nobody knows whether the message went out',
      [contact('accepted'), confirmation('uncertain', { reason: 'timeouterror' })],
      { state: 'uncertain', step: 'confirmation', since: at(2), waitingFor: 'receipt' },
      false,
    ],
    [
      'its contact is owed anew after a change',
      [contact('accepted'), contact('planned', { plannedAt: at(7) }), confirmation('accepted')],
      { state: 'syncing-contact', since: at(7), deadline: at(12) },
      false,
    ],
    [
      'its contact is merely written again',
      [contact('planned', { acceptedAt: at(1) }), confirmation('accepted')],
      { state: 'processed' },
      true,
    ],
    [
      'an operator has it told again',
      [contact('accepted'), confirmation('accepted'), again('planned')],
      { state: 'confirming', since: at(10), deadline: at(15) },
      true,
    ],
    [
      'what was refused went out when it was sent again',
      [contact('accepted'), confirmation('failed'), again('accepted', { acceptedAt: at(11) })],
      { state: 'processed', since: at(11) },
      true,
    ],
    [
      'it was told at a phone that an operator named',
      [
        contact('skipped', { reason: 'invalid-phone' }),
        confirmation('skipped', { reason: 'invalid-phone' }),
        again('accepted'),
      ],
      { state: 'processed' },
      true,
    ],
    [
      'a notice of it failed',
      [contact('accepted'), confirmation('accepted'), notice('failed')],
      { state: 'processed' },
      true,
    ],
  ] as const)('when %s', (_name, effects, sync, processed) => {
    expect(orderSyncOf(effects)).toMatchObject(sync);
    expect(orderSyncOf(effects.toReversed())).toEqual(orderSyncOf(effects));
    expect(standingOf(effects)?.processed).toBe(processed);
  });

  it('is not known as long as none of its effects can be seen', () => {
    expect(standingOf([])).toBeUndefined();
    expect(orderSyncOf([])).toMatchObject({ state: 'syncing-contact', since: null, deadline: null });
    expect(orderSyncOf([contact('accepted')])).toMatchObject({ state: 'syncing-contact' });
  });
});

describe('the flags of an order', () => {
  const flags = (...effects: readonly StepRow[]) => {
    const { cbbSynced, whatsappConfirmationSent } = standingOf(effects) ?? {};
    return [cbbSynced, whatsappConfirmationSent];
  };

  it('say whether the CRM has held its newest values, and whether any confirmation went out', () => {
    expect(flags(contact('claimed'), confirmation('planned'))).toEqual([false, false]);
    expect(flags(contact('accepted'), confirmation('uncertain'))).toEqual([true, false]);
    expect(flags(contact('accepted'), confirmation('accepted'), again('failed'))).toEqual([true, true]);
    expect(flags(contact('accepted'), contact('planned', { plannedAt: at(3) }))).toEqual([false, false]);
    expect(flags(contact('planned', { acceptedAt: at(1) }), notice('accepted'))).toEqual([true, false]);
  });
});

describe('the facts that can move an order', () => {
  it('are all but the creation of one that owes its contact', () => {
    expect(canMove({ type: 'order.created', payload: { contactEffectId: 'id' } })).toBe(false);
    expect(canMove({ type: 'order.created', payload: { contactEffectId: null } })).toBe(true);
    expect(canMove({ type: 'order.changed', payload: { contactEffectId: 'id' } })).toBe(true);
    expect(canMove({ type: 'contact.synced', payload: {} })).toBe(true);
  });
});
