import { describe, expect, it } from '@jest/globals';
import type { BindingCandidate, ReceiptRow } from '@visapi/backend-repositories/messaging';
import fc from 'fast-check';
import { bindByPhone, ownMessageId } from './receipt-binding.js';

const noon = Date.parse('2026-01-05T12:00:00Z');
const minute = 60_000;
const message = (id: string, state: string, minutes = 0): BindingCandidate => ({
  id,
  state,
  claimedAt: new Date(noon + minutes * minute),
});
const receipt = (providerMessageId: string, minutes = 1, status = 'sent'): ReceiptRow => ({
  position: 1,
  providerMessageId,
  status,
  occurredAt: new Date(noon + minutes * minute),
  recipient: '972500000001',
  callbackData: null,
  errorCode: null,
});
const pairs = (receipts: ReceiptRow[], candidates: BindingCandidate[]) =>
  bindByPhone(receipts, candidates).map(
    ({ providerMessageId, messageId }) => `${providerMessageId}=${messageId}`,
  );

describe('bindByPhone', () => {
  it('binds accepted messages first, oldest first', () => {
    const messages = [
      message('u', 'uncertain', -2),
      message('a', 'accepted', -1),
      message('b', 'accepted', 0),
    ];
    expect(pairs([receipt('w1'), receipt('w2')], messages)).toEqual(['w1=a', 'w2=b']);
  });

  it('tells uncertain messages apart only when there are as many ids as messages', () => {
    const messages = [message('u', 'uncertain'), message('v', 'uncertain', 1)];
    expect(pairs([receipt('w1', 2), receipt('w1', 3, 'read')], messages)).toEqual([]);
    expect(pairs([receipt('w1', 2), receipt('w2', 3)], messages)).toEqual(['w1=u', 'w2=v']);
  });

  it('turns to an uncertain message only when no accepted one is left', () => {
    const messages = [message('u', 'uncertain'), message('a', 'accepted', 1)];
    expect(pairs([receipt('w1', 2)], messages)).toEqual(['w1=a']);
    expect(pairs([receipt('w1', 2), receipt('w2', 3)], messages)).toEqual(['w1=a', 'w2=u']);
  });

  it('binds each provider message once, whatever number of receipts it has', () => {
    const receipts = [receipt('w1', 1, 'sent'), receipt('w1', 2, 'delivered'), receipt('w1', 3, 'read')];
    expect(pairs(receipts, [message('a', 'accepted'), message('b', 'accepted')])).toEqual(['w1=a']);
  });

  it('binds a lone message that is still under way: its receipt outran the answer', () => {
    expect(pairs([receipt('w1')], [message('c', 'claimed')])).toEqual(['w1=c']);
  });

  it('waits while one of several possible messages is under way: its answer will tell', () => {
    expect(pairs([receipt('w1')], [message('u', 'uncertain'), message('c', 'claimed')])).toEqual([]);
    expect(pairs([receipt('w1')], [message('c', 'claimed'), message('d', 'claimed')])).toEqual([]);
  });

  it.each([
    ['five minutes too early, by skew of clocks', -5, true],
    ['earlier than that', -5.1, false],
    ['a day later', 24 * 60, true],
    ['later than a day', 24 * 60 + 0.1, false],
  ])('judges a receipt %s', (_name, minutes, isBound) => {
    expect(pairs([receipt('w1', minutes)], [message('a', 'accepted')])).toEqual(isBound ? ['w1=a'] : []);
  });

  it('judges a provider message by its first receipt, not by a late "read"', () => {
    const receipts = [receipt('w1', 1), receipt('w1', 48 * 60, 'read')];
    expect(pairs(receipts, [message('a', 'accepted')])).toEqual(['w1=a']);
  });

  it('holds its rules for any receipts and messages', () => {
    const states = fc.constantFrom('accepted', 'claimed', 'uncertain');
    const anyMessages = fc
      .array(fc.tuple(states, fc.integer({ min: -2000, max: 2000 })), { maxLength: 6 })
      .map((list) =>
        list
          .sort((a, b) => a[1] - b[1])
          .map(([state, minutes], index) => message(`m${index}`, state, minutes)),
      );
    const anyReceipts = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -2000, max: 2000 })), {
        maxLength: 12,
      })
      .map((list) => list.sort((a, b) => a[1] - b[1]).map(([id, minutes]) => receipt(`w${id}`, minutes)));
    fc.assert(
      fc.property(anyReceipts, anyMessages, (receipts, messages) => {
        const bindings = bindByPhone(receipts, messages);
        expect(new Set(bindings.map(({ messageId }) => messageId)).size).toBe(bindings.length);
        expect(new Set(bindings.map(({ providerMessageId }) => providerMessageId)).size).toBe(
          bindings.length,
        );
        const taken = new Set<string>();
        for (const { messageId, providerMessageId } of bindings) {
          const bound = messages.find(({ id }) => id === messageId)!;
          const first = receipts.find((row) => row.providerMessageId === providerMessageId)!;
          const isPossible = ({ claimedAt }: BindingCandidate) =>
            first.occurredAt.getTime() >= claimedAt.getTime() - 5 * minute &&
            first.occurredAt.getTime() <= claimedAt.getTime() + 24 * 60 * minute;
          expect(isPossible(bound)).toBe(true);
          const accepted = messages.filter(
            (one) => one.state === 'accepted' && !taken.has(one.id) && isPossible(one),
          );
          if (accepted.length > 0) expect(bound.id).toBe(accepted[0]!.id);
          taken.add(messageId);
        }
      }),
    );
  });
});

describe('our own id in callback data', () => {
  const id = '019b8a5e-0000-7000-8000-000000000001';

  it.each([
    [id, id],
    [`{"m":"${id}"}`, id],
    ['{"c":"972500000001"}', undefined],
    ['', undefined],
    [null, undefined],
  ])('is found in %j', (data, expected) => {
    expect(ownMessageId(data)).toBe(expected);
  });
});
