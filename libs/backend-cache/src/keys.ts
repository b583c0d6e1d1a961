import { defineFamily } from './family.js';

const megabyte = 1024 * 1024;

/** Every family of cached reads. A new one is a line here and a decorator on the method. */
export const keys = {
  /** One order as its readers see it. */
  order: defineFamily({
    name: 'order',
    parts: ({ orderId }: { readonly orderId: string }) => [orderId],
    budgetBytes: 32 * megabyte,
    memoryEntries: 1_000,
    follows: { aggregate: 'order', by: 'id' },
  }),
  /** Pages of the list of orders: any change of any order may move them. */
  orders: defineFamily({
    name: 'orders',
    parts: ({ filter, page }: { readonly filter: object; readonly page: object }) => [filter, page],
    budgetBytes: 16 * megabyte,
    memoryEntries: 100,
    follows: { aggregate: 'order', by: 'all' },
  }),
  /** How many orders carry each warning, per period asked for. */
  warnings: defineFamily({
    name: 'warnings',
    parts: ({ period }: { readonly period: object }) => [period],
    budgetBytes: megabyte,
    memoryEntries: 20,
    follows: { aggregate: 'order', by: 'all' },
  }),
  /** How many orders came in a period, and what they are worth. */
  orderStats: defineFamily({
    name: 'order-stats',
    parts: ({ range }: { readonly range: object }) => [range],
    budgetBytes: 4 * megabyte,
    memoryEntries: 50,
    follows: { aggregate: 'order', by: 'all' },
  }),
  /** Who a key belongs to, by its prefix; holds the keyed hash of its secret, never the secret. */
  apiKey: defineFamily({
    name: 'api-key',
    parts: (prefix: string) => [prefix],
    budgetBytes: 4 * megabyte,
    memoryEntries: 1_000,
  }),
  /** What a user may do, by the id that Supabase Auth gave. */
  user: defineFamily({
    name: 'user',
    parts: (id: string) => [id],
    budgetBytes: 2 * megabyte,
    memoryEntries: 500,
  }),
} as const;
