import type { Question } from './reader.ts';

const DAY_MS = 86_400_000;

/** What is read of a grown database, hardly a question twice: next to none is answered from a cache of answers. */
export const questions: Readonly<Record<string, (orders: number, count: number) => readonly Question[]>> = {
  'order list page': (orders, count) => times(count, (n) => listPage(orders, n)),
  'filtered search': (orders, count) => times(count, (n) => search(orders, n)),
  statistics: (_orders, count) => times(count, statistics),
};

function times(count: number, make: (n: number) => Question): Question[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** Half are numbered pages with their total, as operators leaf through them, half come after a cursor, from anywhere. */
function listPage(orders: number, n: number): Question {
  if (n % 2 === 0) return { path: `/api/v1/orders?page=${1 + whole(5)}&perPage=${20 + whole(40)}` };
  return { path: `/api/v1/orders?cursor=${1 + whole(4 * orders)}&perPage=${20 + whole(40)}` };
}

/**
 * What operators and programs look for, each as often: a customer by phone and by e-mail, a rare status, a country on a
 * day, and what a board shows all day long, which finds a great part of all orders. The totals of the first are counted
 * each time, that of the board once a minute: to count what a broad search finds takes as long as there is much of it.
 */
function search(orders: number, n: number): Question {
  const order = 1 + whole(orders - 100);
  const from = new Date(Date.now() - DAY_MS * (2 + Math.random() * 360));
  const rules = [
    leaf('phone', 'eq', `+972${500_000_000 + (order % 3 === 2 ? order - 1 : order)}`),
    leaf('email', 'eq', `client${order}@EXAMPLE.test`),
    { all: [leaf('status', 'eq', 'refunded'), leaf('createdAt', 'gte', from.toISOString())] },
    {
      all: [
        leaf('country', 'eq', `country${1 + whole(60)}`),
        leaf('createdAt', 'gte', from.toISOString()),
        leaf('createdAt', 'lt', new Date(from.getTime() + DAY_MS).toISOString()),
      ],
    },
    { all: [leaf('branch', 'eq', 'il'), { not: leaf('status', 'eq', 'canceled') }] },
  ];
  return { path: '/api/v1/orders/search', body: { where: rules[n % rules.length], page: 1, perPage: 20 } };
}

/** The last day, week, month and year until now, and a month of the past; each begins a little elsewhere. */
function statistics(n: number): Question {
  const [period = 'month', days = 30, ago = 0] = periods[n % periods.length] ?? [];
  const before = ago === 0 ? 0 : ago + Math.random() * 300;
  const from = new Date(Date.now() - DAY_MS * (before + days + Math.random() / 24));
  const to = before === 0 ? '' : `&to=${new Date(Date.now() - DAY_MS * before).toISOString()}`;
  return { path: `/api/v1/orders/stats?period=${period}&from=${from.toISOString()}${to}` };
}

const periods: readonly (readonly [string, number, number])[] = [
  ['day', 1, 0],
  ['week', 7, 0],
  ['month', 30, 0],
  ['year', 364, 0],
  ['month', 30, 30],
];

const leaf = (field: string, op: string, value: string) => ({ field, op, value });

function whole(below: number): number {
  return Math.floor(Math.random() * below);
}
