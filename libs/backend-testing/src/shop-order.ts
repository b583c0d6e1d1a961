import { countryForm } from './shop-countries.js';

type Json = { readonly [key: string]: unknown };

/** A product as the catalogue of the orders context describes it. */
export interface SoldProduct {
  readonly name: string;
  readonly country: string;
  readonly docType: string;
  readonly docName: string;
  readonly intent?: string;
  readonly entries?: string;
  readonly validity: string;
  readonly wait: number;
  readonly stayLimit?: number;
  readonly daysToUse?: number;
  readonly prices: Readonly<Record<string, number | undefined>>;
}

export const shopBranches = ['il', 'co', 'se', 'ru', 'kz'] as const;
export type ShopBranch = (typeof shopBranches)[number];

interface Branch {
  readonly domain: string;
  readonly currency: string;
  readonly processor: string;
  readonly paymentId: string;
  readonly name: string;
  readonly nationality: string;
  readonly phone: { readonly code: string; readonly number: string };
  /** What one piece costs where the price in this currency is not known to us. */
  readonly inventedPrice: number;
}

const stripe = { processor: 'stripe', paymentId: 'pi_TESTTESTTESTTESTTEST0001' };
const tbank = { processor: 'tbank', paymentId: '1234567890' };

const branches: Readonly<Record<ShopBranch, Branch>> = {
  il: {
    ...stripe,
    ...{ domain: 'visanet.co.il', currency: 'ILS', name: 'דנה לדוגמה ', nationality: 'ISR' },
    phone: { code: '972', number: '0500000001' },
    inventedPrice: 100,
  },
  co: {
    ...{ processor: 'paypal', paymentId: '0TEST00000000001X' },
    ...{ domain: 'visanet.co', currency: 'USD', name: 'Dana Example', nationality: 'GBR' },
    phone: { code: '44', number: '07400123456' },
    inventedPrice: 50,
  },
  se: {
    ...stripe,
    ...{ domain: 'visanet.se', currency: 'SEK', name: 'Åsa Exempel', nationality: 'SWE' },
    phone: { code: '+46', number: '070-123 45 67' },
    inventedPrice: 500,
  },
  ru: {
    ...tbank,
    ...{ domain: 'visanet.ru', currency: 'RUB', name: 'Дана Пример', nationality: 'RUS' },
    phone: { code: '7', number: '9160000001' },
    inventedPrice: 5_000,
  },
  kz: {
    ...tbank,
    ...{ domain: 'visanet.kz', currency: 'KZT', name: 'Дана Мысал', nationality: 'KAZ' },
    phone: { code: '7', number: '7010000001' },
    inventedPrice: 30_000,
  },
};

/** One applicant's order of a product as the shop of a branch would post it; people and payments are invented. */
export function shopOrder(
  product: SoldProduct,
  key: ShopBranch,
): { readonly form: Json; readonly order: Json } {
  const branch = branches[key];
  const { code, form, applicant, passportOmits } = countryForm(product.country);
  const id = `${key.toUpperCase()}260105${code}1`;
  const price = product.prices[branch.currency.toLowerCase()] ?? branch.inventedPrice;
  const formId = 'frm_Ab3dEf6hIj9k';
  return {
    form: {
      _id: '66c000000000000000000a01',
      id: formId,
      country: product.country,
      client: {
        name: branch.name,
        email: 'dana.example@example.test',
        phone: branch.phone,
        whatsappAlertsEnabled: true,
      },
      product: snapshot(product, branch.currency, price),
      quantity: 1,
      urgency: 'none',
      termsAgreed: true,
      orderId: null,
      meta: { url: `https://${branch.domain}/`, branch: key, domain: branch.domain, step: 5, completion: 1 },
      created_at: '2026-01-04T18:40:11.120Z',
      updated_at: '2026-01-05T09:00:44.903Z',
      ...form,
      applicants: [{ id: 'apl_Zy9xWv6uTs3r', passport: passport(branch, passportOmits), ...applicant }],
    },
    order: {
      ...{ id, form_id: formId, branch: key.toUpperCase(), domain: branch.domain },
      ...{ payment_processor: branch.processor, payment_id: branch.paymentId },
      ...{ amount: price, currency: branch.currency, coupon: null, status: 'active' },
    },
  };
}

/** The product as a payload carries it; what the catalogue does not know of it is invented. */
function snapshot(product: SoldProduct, currency: string, price: number): Json {
  const { name, country, docType, docName, intent, entries, validity, wait, stayLimit, daysToUse } = product;
  return {
    ...{ name, country, docType, docName, validity, wait },
    intent: intent ?? 'tourism',
    entries: entries ?? 'single',
    price: { [currency.toLowerCase()]: price },
    ...(stayLimit === undefined ? {} : { stay_limit: stayLimit }),
    ...(daysToUse === undefined ? {} : { days_to_use: daysToUse }),
  };
}

function passport({ nationality }: Branch, omits: readonly string[]): Json {
  const full = {
    nationality,
    firstName: 'DANA',
    lastName: 'LEDUGMA',
    sex: 'f',
    dateOfBirth: '1990-04-01',
    countryOfBirth: nationality,
    number: 'X00000001',
    dateOfIssue: '2021-02-10',
    dateOfExpiry: '2031-02-09',
    placeOfIssue: nationality,
  };
  return Object.fromEntries(Object.entries(full).filter(([field]) => !omits.includes(field)));
}
