import { describe, expect, it } from '@jest/globals';
import { randomOf } from '../random.ts';
import { lasting } from '../scenario.ts';
import { scenarios, select } from '../scenarios/catalogue.ts';
import { planOrders } from './orders.ts';

const load = { ordersPerSecond: 20, seconds: 10, changed: 0.3, sharedPhones: 0.4 };

describe('what the shop delivers', () => {
  it('is the same bytes at the same times for the same seed, and others for another', () => {
    expect(planOrders(load, 7)).toEqual(planOrders(load, 7));
    const other = new Set(planOrders(load, 8).map(({ orderId }) => orderId));
    expect(planOrders(load, 7).filter(({ orderId }) => other.has(orderId))).toEqual([]);
  });

  it('gives each order an id of its own, and a customer of its own unless phones are shared', () => {
    const plain = planOrders({ ordersPerSecond: 20, seconds: 10 }, 7);
    expect(new Set(plain.map(({ orderId }) => orderId)).size).toBe(200);
    const contacts = plain.flatMap(({ contact }) => contact ?? []);
    expect(new Set(contacts).size).toBe(contacts.length);
  });

  it('has the second order of a customer 50 ms after the first', () => {
    const pairs = [...Map.groupBy(planOrders(load, 7), ({ contact }) => contact)].filter(
      ([contact, orders]) => contact !== undefined && orders.length > 1,
    );
    expect(pairs.length).toBeGreaterThan(5);
    for (const [, [first, second]] of pairs) expect(second!.dueMs - first!.dueMs).toBe(50);
  });

  it('changes the share of orders that was asked for, in content and not in id', () => {
    const changed = planOrders(load, 7).flatMap((one) => (one.change ? [{ one, change: one.change }] : []));
    expect(changed.length).toBeGreaterThan(20);
    for (const { one, change } of changed) {
      expect(change.orderId).toBe(one.orderId);
      expect(change.hash).not.toBe(one.hash);
      expect(change.email).not.toBe(one.email);
    }
  });
});

describe('the scenarios', () => {
  it('are all that the promises name', () => {
    const numbers = new Set(scenarios.map(({ name }) => name.split('-')[0]));
    for (let number = 1; number <= 10; number += 1) expect(numbers).toContain(`F${number}`);
  });

  it('are found by number, by name, and refused with the choices when unknown', () => {
    expect(select(['F3']).map(({ name }) => name)).toEqual(['F3-flush', 'F3-freeze', 'F3-kill']);
    expect(select(['F1']).map(({ name }) => name)).toEqual(['F1']);
    expect(() => select(['F11'])).toThrow('there is no scenario named F11');
  });

  it('keep their rates in a shorter time', () => {
    const [kills] = select(['F2']);
    const short = lasting(kills!, kills!.load.seconds / 10);
    expect(short.load.ordersPerSecond).toBe(kills!.load.ordersPerSecond);
    expect(short.faults.map((fault) => ('times' in fault ? fault.times : undefined))).toEqual([undefined, 2]);
  });

  it('draw each part from a sequence of its own', () => {
    expect(randomOf(7, 'fault 0')()).toBe(randomOf(7, 'fault 0')());
    expect(randomOf(7, 'fault 0')()).not.toBe(randomOf(7, 'fault 1')());
  });
});
