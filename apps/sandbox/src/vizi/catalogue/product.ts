import type { Currency } from '../branches.js';
import type { CountryKey } from '../countries.js';

export type Price = Readonly<Record<Currency, number>>;

export interface Urgency {
  readonly speed: string;
  readonly fee: Price;
  /** Faster means an earlier appointment at the consulate. */
  readonly isAppointment?: boolean;
}

/** What differs for some travellers; by nationality another product may be sold instead. */
export type Variation =
  | {
      readonly type: 'validity';
      readonly name: string;
      readonly validity: string;
      readonly dependency: 'nationality';
      readonly nationalities: readonly string[];
    }
  | {
      readonly type: 'stay_limit';
      readonly name: string;
      readonly limit: number;
      readonly dependency: 'nationality';
      readonly nationalities: readonly string[];
    }
  | {
      readonly type: 'fee';
      readonly name: string;
      readonly fee: Price;
      readonly dependency: 'min_age';
      readonly age: number;
    };

/** The product as a form carries it (domain.md 1.7); keys in the shop's spelling. */
export interface Product {
  readonly name: string;
  readonly country: CountryKey;
  readonly docType: 'evisa' | 'eta' | 'visa';
  readonly docName: string;
  readonly entries: 'single' | 'double' | 'multiple';
  readonly intent: 'tourism' | 'business' | 'general';
  readonly validity: string;
  readonly valid_since: 'approval' | 'entry' | 'specified';
  readonly wait: number;
  readonly price: Price;
  readonly instructions: readonly string[];
  readonly photo_types?: readonly string[];
  readonly urgencies?: readonly Urgency[];
  readonly stay_limit?: number;
  readonly calendar_stay_limit?: number;
  readonly six_months_stay_limit?: number;
  readonly days_to_use?: number;
  readonly consulate_payment_countries?: readonly string[];
  readonly fee_partial?: boolean;
  readonly variations?: readonly Variation[];
  readonly variation_name?: string;
  readonly replacement?: { readonly active: boolean };
}

/** Only the shekel prices are known (domain.md 1.8); the others keep the relation of the one product with all five. */
export function price(ils: number): Price {
  return { ils, usd: Math.round(ils / 3.6), sek: Math.round(ils * 2.8), rub: ils * 28, kzt: ils * 172 };
}

const usualFee: Price = { ils: 99, usd: 25, sek: 290, rub: 1990, kzt: 11990 };
export const nextDay: readonly Urgency[] = [{ speed: 'next_day', fee: usualFee }];
export const fewHours: readonly Urgency[] = [{ speed: 'few_hours', fee: usualFee }];

export const photos = ['face', 'passport'];
export const evisa = {
  docType: 'evisa',
  docName: 'eVisa',
  photo_types: photos,
  instructions: ['stay_reset', 'print', '2_passport_pages', 'return_ticket'],
} as const;
