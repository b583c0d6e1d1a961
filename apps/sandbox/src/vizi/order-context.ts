import { pick, type Random } from '../random.js';
import type { Branch, BranchKey } from './branches.js';
import type { Country } from './countries.js';
import type { Product } from './catalogue/product.js';

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const idLength = 12;

/** What the parts of one order are made from. */
export interface OrderContext {
  readonly random: Random;
  readonly sequence: number;
  readonly at: Date;
  readonly branchKey: BranchKey;
  readonly branch: Branch;
  readonly country: Country;
  readonly product: Product;
  /** Whether oddities of real payloads are mixed in: nulls, empty strings, extra keys, phone shapes. */
  readonly quirks: boolean;
}

/** True with this probability, and only where oddities are wanted. */
export function oddly(context: OrderContext, probability: number): boolean {
  return context.quirks && context.random() < probability;
}

/** `frm_...` or `apl_...`: the order's number is in it, so that it is never given twice. */
export function shopId(prefix: 'frm' | 'apl', { sequence, random }: OrderContext): string {
  let id = '';
  for (let rest = sequence; rest > 0; rest = Math.floor(rest / 64)) id += idAlphabet[rest % 64];
  id += '-';
  while (id.length < idLength) id += pick(random, [...idAlphabet]);
  return `${prefix}_${id}`;
}

/** YYYY-MM-DD, this many days from the order. */
export function dayFrom({ at }: OrderContext, days: number): string {
  return new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

export function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}
