import { moreVisas } from './catalogue/more-visas.js';
import type { Product } from './catalogue/product.js';
import { travelPermits } from './catalogue/travel-permits.js';
import { visas } from './catalogue/visas.js';

/** All 36 that the shop sells (domain.md 1.8). */
export const products: readonly Product[] = [...visas, ...moreVisas, ...travelPermits];
