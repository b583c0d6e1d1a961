import { describe, expect, it } from '@jest/globals';
import { listedOrder } from './listed-order.js';

const orderId = 'IL260105IN10';

describe('the order that a row of a list names', () => {
  it.each([
    ['an id alone', orderId],
    ['an id among blanks', ` ${orderId} `],
    ['a body of the shop', { form: { id: '7' }, order: { id: orderId } }],
    [
      'a row to import',
      { payload: { form: {}, order: { id: orderId } }, receivedAt: '2026-01-05T00:00:00Z' },
    ],
    ['a column of an export', { id: '7', order_id: orderId }],
    ['a column named by people', { 'Order ID': orderId, amount: '7' }],
    ['a column named by nobody else', { ID: orderId }],
  ])('is found in %s', (_name, row) => {
    expect(listedOrder(row, undefined)).toEqual({ orderId });
  });

  it('is taken from the column that was said', () => {
    expect(listedOrder({ id: '7', number: orderId }, 'number')).toEqual({ orderId });
    expect(listedOrder({ id: '7' }, 'number')).toEqual({ problem: 'there is no "number"; there are "id"' });
  });

  it.each([
    [7, /must be an order id or an object/],
    [[orderId], /must be an order id or an object/],
    ['', /the row must not be empty/],
    [{ order: { id: 7 } }, /order\.id must be a string/],
    [{ name: orderId }, /no field is known to hold the order id; there are "name"/],
    [{ order_id: `a\u0000b` }, /order_id must not contain control characters/],
  ])('is not guessed: %j', (row, problem) => {
    expect(listedOrder(row, undefined)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
