import type { OrderOptions } from './orders.js';

export const variants = ['mixed', 'il', 'test', 'no-consent', 'changed'] as const;
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
    case 'no-consent':
      return { branch: 'il', consent: nth % 2 === 0 ? false : 'missing' };
  }
}
