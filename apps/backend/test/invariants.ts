import { expect } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import type { Balance, Message } from './api.js';
import { type Answer, payloadOf, type ShopOrder } from './shop.js';
import type { TestSystem } from './system.js';

export interface Expected {
  /** Messages that a kill may have left without a known outcome, at most. */
  readonly uncertainAtMost?: number;
  readonly withinMs?: number;
  /** How far a message comes that went out: where receipts are lost, no further than accepted. */
  readonly arrives?: 'read' | 'accepted';
}

/**
 * Waits until nothing is open any more: what was interrupted goes on within 30 s of its cause being gone. A receipt that
 * the vendor sends again, because nobody took it during an outage, may settle what is uncertain a little later.
 */
export async function untilQuiet(
  system: TestSystem,
  orders: number,
  withinMs = 30_000,
  uncertainAtMost = Infinity,
): Promise<Balance> {
  const ask = async (): Promise<Balance & { orders: number }> => {
    const balance = await system.api.balance();
    return { ...balance, orders: balance.byState['open'] === 0 ? await system.api.count('/orders') : 0 };
  };
  return await until(
    ask,
    (now) => now.byState['open'] === 0 && now.orders >= orders && now.uncertain.length <= uncertainAtMost,
    withinMs,
  );
}

/**
 * Looks from outside at what became of a burst: every order stored once, in the CRM with its own values if it belongs
 * there, told at most once if it is to be told, the ledger without violations.
 */
export async function expectEachOnce(
  system: TestSystem,
  orders: readonly ShopOrder[],
  answers: readonly Answer[],
  { uncertainAtMost = 0, withinMs = 30_000, arrives = 'read' }: Expected = {},
): Promise<Balance> {
  const real = orders.filter(({ test }) => !test);
  const balance = await untilQuiet(system, real.length, withinMs, uncertainAtMost);
  expect(balance.violations).toEqual([]);
  expect(balance.byState['failed']).toBe(0);
  expectReceived(balance, answers);
  expect((await system.api.all<{ orderId: string }>('/orders')).map(({ orderId }) => orderId).sort()).toEqual(
    real.map(({ id }) => id).sort(),
  );
  expect(balance.uncertain.length).toBeLessThanOrEqual(uncertainAtMost);
  await expectContacts(system, orders);
  await expectConfirmations(system, orders, new Set(balance.uncertain), arrives);
  return balance;
}

/** Everything that was answered 200 is counted, and nothing that was never posted. */
function expectReceived({ received, byState }: Balance, answers: readonly Answer[]): void {
  expect(Object.values(byState).reduce((sum, count) => sum + count, 0)).toBe(received);
  const answered = answers.filter(({ status }) => status === 200).length;
  expect(received).toBeGreaterThanOrEqual(answered);
  expect(received).toBeLessThanOrEqual(answers.length);
}

async function expectContacts(system: TestSystem, orders: readonly ShopOrder[]): Promise<void> {
  const contacts = await system.sandbox.contacts();
  const held = orders.filter(({ contact }) => contact !== undefined);
  const wrong = held.filter(({ contact = '', id }) => contacts.get(contact)?.['OrderNumber'] !== id);
  expect(wrong.map(({ id }) => id)).toEqual([]);
  expect(contacts.size).toBe(held.length);
}

async function expectConfirmations(
  system: TestSystem,
  orders: readonly ShopOrder[],
  uncertain: ReadonlySet<string>,
  arrives: string,
): Promise<void> {
  const told = await untilArrived(system, orders, uncertain, arrives);
  const { confirmationsByOrder: sends, repeated } = await system.sandbox.sends();
  expect(repeated).toEqual([]);
  const wrong = orders.filter(({ id, confirmed }) => {
    const sent = sends[id] ?? 0;
    return uncertain.has(id) ? sent > 1 : sent !== (confirmed ? 1 : 0);
  });
  expect(wrong.map(({ id }) => [id, sends[id]])).toEqual([]);
  const unlisted = told.filter(({ status, orderId }) => status === 'uncertain' && !uncertain.has(orderId));
  expect(unlisted).toEqual([]);
}

/** Receipts follow every message that went out. */
async function untilArrived(
  system: TestSystem,
  orders: readonly ShopOrder[],
  uncertain: ReadonlySet<string>,
  arrives: string,
): Promise<Message[]> {
  const wanted = new Set(
    orders.filter(({ id, confirmed }) => confirmed && !uncertain.has(id)).map(({ id }) => id),
  );
  let messages: Message[] = [];
  const onTheWay = async (): Promise<Message[]> => {
    messages = await system.api.all<Message>('/messages');
    return messages.filter(({ orderId, status }) => wanted.has(orderId) && status !== arrives).slice(0, 5);
  };
  await until(onTheWay, (left) => left.length === 0, 30_000);
  return messages;
}

/** The logs tell what happened to which order, and nothing that belongs to its customer. */
export async function expectNoPersonalData(system: TestSystem, orders: readonly ShopOrder[]): Promise<void> {
  const kept = JSON.stringify(await system.api.all('/logs'));
  const logs = `${await system.log('backend')}${await system.log('worker')}${kept}`;
  const found = orders.flatMap(personalValues).filter((value) => logs.includes(value));
  expect([...new Set(found)]).toEqual([]);
  // A log that says nothing would hold nothing either.
  expect(logs).toContain(orders[0]?.id ?? '');
}

function personalValues(order: ShopOrder): string[] {
  const { client, applicants } = payloadOf(order).form;
  const documents = applicants.map(({ passport }) => passport as Record<string, string>);
  const inDocuments = documents.flatMap((passport) =>
    ['number', 'firstName', 'lastName'].map((name) => passport[name]),
  );
  const digits = JSON.stringify(client.phone).replace(/\D/g, '').slice(-7);
  const values = [client.name.trim(), client.email, digits, order.contact, ...inDocuments];
  return values.filter((value): value is string => value !== undefined && value.length > 3);
}
