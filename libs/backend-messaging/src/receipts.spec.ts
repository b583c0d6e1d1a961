import { describe, expect, it } from '@jest/globals';
import { metaBody } from '@visapi/backend-testing';
import fc from 'fast-check';
import { readReceipts } from './receipts.js';

const at = new Date('2026-01-05T09:01:40Z');
const phone = '972500000001';
const base = { id: 'wamid.TEST0001', status: 'delivered', at, phone };
const raw = (
  status: Record<string, unknown>,
  metadata: unknown = { phone_number_id: '1000000000000002' },
) => ({
  entry: [{ changes: [{ field: 'messages', value: { metadata, statuses: [status] } }] }],
});
const plain = { id: 'wamid.X', status: 'sent', timestamp: '1767603700', recipient_id: phone };

describe('readReceipts', () => {
  it('reads the receipt of the master body', () => {
    expect(readReceipts(metaBody([base]))).toEqual({
      unreadable: 0,
      receipts: [
        {
          providerMessageId: 'wamid.TEST0001',
          status: 'delivered',
          occurredAt: at,
          recipient: phone,
          phoneNumberId: '1000000000000002',
          callbackData: `{"c":"${phone}"}`,
          errorCode: null,
          pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' },
        },
      ],
    });
  });

  it('reads every status of every change of every entry, in order', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ ...base, id: `wamid.${index}` }));
    const [first, second] = [metaBody(many), metaBody([base])] as { entry: object[] }[];
    const { receipts } = readReceipts({ entry: [...first!.entry, ...second!.entry] });
    expect(receipts.map((receipt) => receipt.providerMessageId)).toEqual([
      ...many.map(({ id }) => id),
      'wamid.TEST0001',
    ]);
  });

  it('keeps the error code of a failure, as a number or as text', () => {
    expect(
      readReceipts(metaBody([{ ...base, status: 'failed', errorCode: 131042 }])).receipts[0]?.errorCode,
    ).toBe('131042');
    expect(readReceipts(raw({ ...plain, errors: [{ code: 'E7' }] })).receipts[0]?.errorCode).toBe('E7');
  });

  it('finds the phone in the callback data of the CRM when the recipient is missing', () => {
    const { recipient_id: _none, ...nameless } = plain;
    const callback = { biz_opaque_callback_data: `{"c":"${phone}"}` };
    expect(readReceipts(raw({ ...nameless, ...callback })).receipts[0]?.recipient).toBe(phone);
    expect(readReceipts(raw(nameless)).receipts[0]?.recipient).toBe('');
  });

  it.each([
    ['a time as number', { timestamp: 1_767_603_700 }],
    ['no metadata', {}],
    ['callback data of another kind', { biz_opaque_callback_data: 7 }],
    ['errors of another kind', { errors: 'none' }],
    ['pricing of another kind', { pricing: 'free' }],
    ['fields we do not know', { conversation: null, novelty: [] }],
  ])('is not put off by %s', (_name, changes) => {
    expect(readReceipts(raw({ ...plain, ...changes }, null))).toMatchObject({
      unreadable: 0,
      receipts: [{ providerMessageId: 'wamid.X', phoneNumberId: null }],
    });
  });

  it('passes over statuses that say nothing of a message', () => {
    expect(readReceipts(raw({ ...plain, status: 'deleted' }))).toEqual({ receipts: [], unreadable: 0 });
  });

  it.each([
    ['no id', { ...plain, id: '' }],
    ['no time', { ...plain, timestamp: 'yesterday' }],
    ['no status', { ...plain, status: null }],
    ['text', 'delivered'],
    ['null', null],
  ])('counts a status it cannot read (%s) and reads its neighbours', (_name, broken) => {
    const body = { entry: [{ changes: [{ value: { statuses: [broken, plain] } }] }] };
    expect(readReceipts(body)).toMatchObject({ unreadable: 1, receipts: [{ providerMessageId: 'wamid.X' }] });
  });

  it('drops what Postgres cannot hold instead of failing on it', () => {
    const { receipts, unreadable } = readReceipts(
      raw({
        ...plain,
        pricing: { category: 'a\u0000\ud800' },
        biz_opaque_callback_data: 'x\u0000',
        errors: [{ code: '\u0000' }],
      }),
    );
    expect([unreadable, receipts[0]?.pricing, receipts[0]?.callbackData, receipts[0]?.errorCode]).toEqual([
      0,
      undefined,
      null,
      null,
    ]);
    expect(readReceipts(raw({ ...plain, id: 'wamid.\u0000' })).unreadable).toBe(1);
  });

  it('loses no neighbour of a status that cannot be kept', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as object;
    const beside = (odd: object) => ({
      entry: [
        { changes: [{ field: 'messages', value: { statuses: [odd, { ...plain, id: 'wamid.good' }] } }] },
      ],
    });
    expect(readReceipts(beside({ ...plain, timestamp: 9_007_199_254_740_991 }))).toMatchObject({
      receipts: [{ providerMessageId: 'wamid.good' }],
      unreadable: 1,
    });
    expect(readReceipts(beside({ ...plain, pricing: deep })).receipts).toHaveLength(2);
  });

  it('passes over other changes of the account: messages, templates, quality', () => {
    const other = [
      { field: 'message_template_status_update', value: { event: 'REJECTED' } },
      { field: 'messages', value: { messages: [{}] } },
    ];
    expect(readReceipts({ entry: [{ changes: other }] })).toEqual({ receipts: [], unreadable: 0 });
  });

  it('survives any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (any, status) => {
        expect(readReceipts(any).receipts).toEqual([]);
        expect(
          readReceipts({ entry: [any, { changes: [any, { value: { statuses: [status] } }] }] }).receipts,
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
