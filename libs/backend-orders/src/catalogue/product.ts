export type DocType = 'evisa' | 'eta' | 'visa';
export type Intent = 'tourism' | 'business' | 'general';
export type Entries = 'single' | 'double' | 'multiple';
/** Lower-case as in the shop's price lists. */
export type PriceCurrency = 'ils' | 'usd' | 'sek' | 'rub' | 'kzt';
export type Prices = Readonly<Partial<Record<PriceCurrency, number>>>;

/** A speed on sale. */
export interface Urgency {
  readonly speed: string;
  readonly fee: Prices;
  readonly isAppointment?: boolean;
}

/** What the shop changes for some applicants of a product. */
export type Variation =
  | { readonly type: 'validity'; readonly validity: string; readonly nationalities?: readonly string[] }
  | { readonly type: 'stay_limit'; readonly limit: number; readonly nationalities?: readonly string[] }
  | { readonly type: 'fee'; readonly fee: Prices; readonly age?: number };

/**
 * A product of the shop as far as it is known to us: what is absent is not known. It serves to notice an order that
 * differs; what an order's customer is told comes from the order alone.
 */
export interface Product {
  readonly name: string;
  readonly country: string;
  readonly docType: DocType;
  readonly docName: string;
  readonly intent?: Intent;
  readonly entries?: Entries;
  readonly validity: string;
  readonly validSince?: 'approval' | 'entry' | 'specified';
  /** Business days. */
  readonly wait: number;
  /** Days per visit, per calendar year, per six months. */
  readonly stayLimit?: number;
  readonly calendarStayLimit?: number;
  readonly sixMonthsStayLimit?: number;
  /** Days in which the document has to be used; never its validity. */
  readonly daysToUse?: number;
  readonly prices: Prices;
  readonly urgencies: readonly Urgency[];
  readonly variations: readonly Variation[];
  /** The product that this one takes the place of for some nationalities. */
  readonly replaces?: string;
}

type Common = Partial<Product> & Pick<Product, 'country' | 'docType' | 'docName' | 'wait'>;
type Own = Partial<Product> & Pick<Product, 'name' | 'validity' | 'prices'>;

/** Products of one destination, which share what `common` says. */
export function productsOf(common: Common, own: readonly Own[]): Product[] {
  return own.map((product) => ({ urgencies: [], variations: [], ...common, ...product }));
}

const priorityFee: Prices = { ils: 99, usd: 25, sek: 290, rub: 1_990, kzt: 11_990 };

export const nextDay: Urgency = { speed: 'next_day', fee: priorityFee };
export const fewHours: Urgency = { speed: 'few_hours', fee: priorityFee };
export const evisa = { docType: 'evisa', docName: 'eVisa' } as const;
