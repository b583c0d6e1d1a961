import { branchKeys } from './branches.js';
import type { OrderOptions } from './orders.js';
import { products } from './products.js';

export const variants = ['mixed', 'il', 'test', 'no-consent', 'changed', 'catalogue'] as const;
export type Variant = (typeof variants)[number];

/** What the n-th order of a variant is like. */
export function variantOptions(variant: Variant, nth: number): OrderOptions {
  switch (variant) {
    case 'mixed':
      return {};
    case 'il':
    case 'changed':
      return { branch: 'il', consent: true };
    case 'test':
      return { branch: 'il', consent: true, test: true };
    // Every product in turn, then all again in the next branch: 180 orders are everything there is.
    case 'catalogue': {
      const branch = branchKeys[Math.floor(nth / products.length) % branchKeys.length];
      return { product: products[nth % products.length]?.name, branch };
    }
    case 'no-consent':
      return { branch: 'il', consent: nth % 2 === 0 ? false : 'missing' };
  }
}
