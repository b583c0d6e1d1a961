import { findDestination } from './destinations.js';
import type { Product } from './product.js';
import { asianProducts } from './products-asia.js';
import { otherProducts } from './products-elsewhere.js';
import { wordKey } from './spelling.js';
import { findValidity } from './validities.js';

/** Everything the shop is known to sell. */
export const products: readonly Product[] = [...asianProducts, ...otherProducts];

const byName = new Map(products.map((product) => [product.name, product]));

export function findProduct(name: string | null): Product | undefined {
  return name === null ? undefined : byName.get(wordKey(name));
}

/** What an order says of its product. */
export interface SaidProduct {
  readonly name: string | null;
  readonly country: string | null;
  readonly docType: string | null;
  readonly intent: string | null;
  readonly entries: string | null;
  readonly validity: string | null;
  /** Validities that the order's own variations allow. */
  readonly otherValidities: readonly string[];
  /** Whether the order says that its product is a variation or stands in for another. */
  readonly isVaried: boolean;
}

/** In which respects an order's product is not what the catalogue knows of it. Only for the eyes of an operator. */
export function productDifferences(said: SaidProduct): string[] {
  if (said.name === null) return ['product.name:missing'];
  const product = findProduct(said.name);
  if (!product) return ['product:unknown'];
  const country = findDestination(said.country)?.key ?? said.country;
  const pairs = [
    ['country', country, product.country],
    ['docType', said.docType, product.docType],
    ['intent', said.intent, product.intent],
    ['entries', said.entries, product.entries],
    ['validity', isExplained(said, product) ? product.validity : said.validity, product.validity],
  ] as const;
  return pairs.flatMap(([field, value, known]) =>
    value === null || known === undefined || value === known
      ? []
      : [`product.${field}:differs-from-catalogue`],
  );
}

function isExplained(said: SaidProduct, product: Product): boolean {
  if (said.isVaried) return true;
  const validity = findValidity(said.validity);
  if (!validity) return false;
  const ofCatalogue = product.variations.flatMap((variation) =>
    variation.type === 'validity' ? [variation.validity] : [],
  );
  return [...ofCatalogue, ...said.otherValidities].some((other) => findValidity(other) === validity);
}
