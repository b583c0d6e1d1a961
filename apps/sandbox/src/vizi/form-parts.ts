import { between, pick } from '../random.js';
import { dayFrom, oddly, type OrderContext } from './order-context.js';

/** Fields that some destinations add to the form (domain.md 1.6); `undefined` = left out, as the shop does now and then. */
export const formParts = {
  entry: (context: OrderContext): unknown => {
    if (oddly(context, 0.05)) return undefined;
    if (oddly(context, 0.05)) return { date: '', port: null };
    const crossing = pick(context.random, [
      undefined,
      { type: 'air', flight: 'XX123' },
      { type: 'land', border: 'Example Gate' },
      { type: 'sea', ship: 'MS Example' },
    ]);
    const entry = { date: dayFrom(context, between(context.random, 20, 120)), port: null };
    return context.quirks && crossing !== undefined ? { ...entry, crossing } : entry;
  },
  business: ({ product }: OrderContext): unknown =>
    product.intent === 'business'
      ? {
          name: 'Example Trading',
          sector: 'software',
          website: 'https://example.test',
          phone: { code: '91', number: '1100000001' },
          address: { line: '3 Sample Road', city: 'Exampleville', country: 'IND' },
        }
      : {
          name: '',
          sector: '',
          website: '',
          phone: { code: '', number: '' },
          address: { line: '', city: '', country: '' },
        },
  hotel: (): unknown => 'Example Hotel',
  stayAddress: (): unknown => 'Example Hotel',
  address: ({ branch }: OrderContext): unknown => ({
    line: '1 Example St',
    city: 'Exampleville',
    country: branch.nationality,
  }),
  emergencyContact: ({ product, branch }: OrderContext): unknown => ({
    name: 'AVI LEDUGMA',
    phone: { code: '972', number: '0500000000' },
    ...(product.country === 'togo'
      ? { address: { line: '1 Example St', city: 'Exampleville', country: branch.nationality } }
      : { relation: 'brother' }),
  }),
  // Travel on the passport of a parent.
  children: (context: OrderContext): unknown =>
    Array.from({ length: pick(context.random, [0, 0, 1, 2]) }, (_, nth) => ({
      name: `KID${nth + 1} LEDUGMA`,
      dateOfBirth: dayFrom(context, -between(context.random, 400, 4_000)),
      countryOfBirth: context.branch.nationality,
    })),
  fileTransferMethod: ({ random }: OrderContext): unknown =>
    pick(random, ['form', 'form', 'email', 'whatsapp', 'later']),
} as const;

export type FormPart = keyof typeof formParts;
