import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import fc from 'fast-check';
import { viziOrders } from './vizi.webhook.js';

const { classify } = viziOrders;

describe('a body of the shop at the edge', () => {
  it('is usable with an order id and a form, whatever else it holds or lacks', () => {
    expect(classify(viziOrder())).toEqual({ verdict: 'usable', orderId: 'IL260105IN10' });
    expect(classify({ order: { id: 'of a new shape/7' }, form: {} })).toMatchObject({ verdict: 'usable' });
  });

  it('finds the order under its id although blanks surround it', () => {
    expect(classify(viziOrder({ order: { id: ' IL260105IN10 ' } }))).toMatchObject({
      orderId: 'IL260105IN10',
    });
  });

  it.each(['IL260105IN10-TEST', 'il260105in10-test'])('is skipped for the test order %s (V03)', (id) => {
    expect(classify(viziOrder({ order: { id } }))).toEqual({ verdict: 'skipped', orderId: id });
  });

  it.each([
    ['no order (V35)', { order: undefined }, ['order']],
    ['an order that is a list', { order: [] }, ['order']],
    ['no form (V35)', { form: undefined }, ['form']],
    ['a form that is text', { form: 'x' }, ['form']],
    ['neither', { order: null, form: null }, ['order', 'form']],
    ['no id', { order: { id: undefined } }, ['order.id']],
    ['an empty id', { order: { id: '  ' } }, ['order.id']],
    ['a number for an id', { order: { id: 7 } }, ['order.id']],
    ['an id with NUL', { order: { id: 'IL\u0000' } }, ['order.id']],
    ['an id with half a character', { order: { id: 'IL\ud800' } }, ['order.id']],
    ['an id of 101 characters', { order: { id: 'I'.repeat(101) } }, ['order.id']],
  ])('is rejected with %s, naming the fields', (_name, changes, paths) => {
    const classified = classify(viziOrder(changes));
    expect(classified).toMatchObject({ verdict: 'rejected', problems: paths.map((path) => ({ path })) });
  });

  it('gets a verdict whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('order', 'form', '__proto__'), fc.jsonValue()), (body) => {
        expect(['usable', 'skipped', 'rejected']).toContain(classify(body).verdict);
      }),
    );
  });
});
