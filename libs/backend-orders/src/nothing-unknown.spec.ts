import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import fc from 'fast-check';
import { findDestination } from './catalogue/destinations.js';
import { decideConfirmation } from './confirmation.js';
import { readOrder } from './order.js';

const orderId = 'IL260105IN10';
const master = ['דנה לדוגמה', 'הודו', '🇮🇳', orderId, 'תיירות, רב פעמית, לשנה', '2', '498', '3'];
const decide = (changes: Record<string, unknown>) => {
  const decision = decideConfirmation(readOrder(viziOrder(changes), orderId), orderId);
  return decision.state === 'planned' ? decision.parameters : decision.reason;
};

/** Values that say nothing, or nothing we know. */
const odd: readonly unknown[] = [
  ...[
    '',
    ' ',
    '_',
    'unknown',
    'null',
    '0',
    '-1',
    'NaN',
    '?',
    'שלום',
    '30_days',
    '7_moons',
    'constructor',
    '__proto__',
  ],
  ...[-1, 2.5, 1e21, true, false, [], {}, ['india'], [3], { value: 'year' }],
];

interface Position {
  readonly name: string;
  readonly put: (value: unknown) => Record<string, unknown>;
  /** The place in the message that this position feeds, and the texts that may stand there for an odd value. */
  readonly may: Readonly<Record<number, readonly string[]>>;
  /** Whether the message is withheld when nothing at all stands there. */
  readonly withoutIt: string | readonly string[];
}

const product = (key: string) => (value: unknown) => ({ form: { product: { [key]: value } } });
const positions: readonly Position[] = [
  // The country of the product stands in for one that the form does not state; they are the same.
  { name: 'form.country', put: (country) => ({ form: { country } }), may: {}, withoutIt: master },
  {
    name: 'both countries',
    put: (country) => ({ form: { country, product: { country } } }),
    may: {},
    withoutIt: 'untranslatable',
  },
  { name: 'product.docType', put: product('docType'), may: {}, withoutIt: 'untranslatable' },
  // Silence about the intent means tourism, which the master order is for.
  { name: 'product.intent', put: product('intent'), may: {}, withoutIt: master },
  { name: 'product.validity', put: product('validity'), may: {}, withoutIt: 'untranslatable' },
  // Silence about entries, as about a single one.
  {
    name: 'product.entries',
    put: product('entries'),
    may: { 4: ['תיירות לשנה'] },
    withoutIt: master.with(4, 'תיירות לשנה'),
  },
  // The days that are usual for the country, which are the product's own here.
  { name: 'product.wait', put: product('wait'), may: {}, withoutIt: master },
  { name: 'urgency', put: (urgency) => ({ form: { urgency } }), may: {}, withoutIt: master },
  // Without a quantity the two applicants of the form are counted.
  { name: 'quantity', put: (quantity) => ({ form: { quantity } }), may: {}, withoutIt: master },
  {
    name: 'amount',
    put: (amount) => ({ order: { amount } }),
    // Two of the odd values are amounts.
    may: { 6: ['0', '2.5'] },
    withoutIt: 'untranslatable',
  },
  {
    name: 'currency',
    put: (currency) => ({ order: { currency } }),
    may: {},
    withoutIt: 'untranslatable',
  },
  {
    name: 'phone',
    put: (phone) => ({ form: { client: { phone } } }),
    may: {},
    withoutIt: 'invalid-phone',
  },
  {
    name: 'name',
    put: (name) => ({ form: { client: { name } } }),
    may: { 0: ['לקוח יקר', ...odd.filter((value) => typeof value === 'string')] },
    withoutIt: master.with(0, 'לקוח יקר'),
  },
  {
    name: 'whole product',
    put: (value) => ({ form: { product: value } }),
    may: {},
    withoutIt: 'untranslatable',
  },
  {
    name: 'whole client',
    put: (value) => ({ form: { client: value } }),
    may: {},
    withoutIt: 'invalid-phone',
  },
  {
    name: 'branch',
    put: (branch) => ({ order: { branch } }),
    may: {},
    withoutIt: master,
  },
  {
    name: 'consent',
    put: (whatsappAlertsEnabled) => ({ form: { client: { whatsappAlertsEnabled } } }),
    may: {},
    withoutIt: 'no-consent',
  },
];

/** A message that says only what the order says, apart from the texts that are allowed where the odd value stands. */
function expectHonest(told: string | readonly string[], { may }: Position): void {
  if (typeof told === 'string') return;
  told.forEach((parameter, place) => {
    expect([master[place], ...(may[place] ?? [])]).toContain(parameter);
  });
}

describe('what is not known', () => {
  it.each(positions.map((position) => [position.name, position] as const))(
    'is never told: %s',
    (_name, position) => {
      for (const nothing of [undefined, null])
        expect([nothing, decide(position.put(nothing))]).toEqual([nothing, position.withoutIt]);
      for (const value of odd) expectHonest(decide(position.put(value)), position);
    },
  );

  it.each(positions.filter(({ name }) => !['name', 'amount', 'quantity', 'phone'].includes(name)))(
    'is never told, whatever junk stands in its place: $name',
    (position) => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom(...odd)), (junk) => {
          // Junk that happens to be something we know is no junk.
          const text = String(JSON.stringify(junk));
          fc.pre(!/^\W*(il|true|eta|visa|year|month|\d+)\W*$/i.test(text) && !findDestination(text));
          expectHonest(decide(position.put(junk)), position);
        }),
        { numRuns: 300 },
      );
    },
  );

  it.each(['india 🇻🇳', '🇮🇳🇻🇳', 'IN or VN', 'not india'])('is no country: %s', (country) => {
    expect(decide({ form: { country } })).toBe('untranslatable');
  });

  it('is told in the very words of the order where those are a number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 9_999_999 }),
        (count, cents) => {
          const amount = cents / 100;
          const told = decide({ form: { quantity: count }, order: { amount } });
          expect(told).toEqual(master.with(5, String(count)).with(6, String(amount)));
        },
      ),
    );
  });
});
