import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import fc from 'fast-check';
import { decideConfirmation, decideContact } from './confirmation.js';
import { applicantIds } from './interpretation/applicant-ids.js';
import { readOrder } from './order.js';

type Json = Readonly<Record<string, unknown>>;

const paths = [
  ...['order', 'form', 'form.client', 'form.client.phone', 'form.product', 'form.product.variations'],
  ...['form.applicants', 'form.applicants.0', 'form.applicants.0.passport', 'form.applicants.0.files'],
  ...[
    'form.applicants.0.passport.dateOfBirth',
    'form.applicants.0.occupation',
    'form.applicants.0.pastTravels',
  ],
  ...['form.entry', 'form.entry.crossing', 'form.business', 'form.address', 'form.emergencyContact'],
  ...['form.children', 'form.discount', 'form.meta', 'form.termsAgreed', 'order.coupon', 'order.amount'],
  ...['order.currency', 'order.branch', 'form.country', 'form.quantity', 'form.urgency', 'form.extra'],
];
const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, maxDepth: 4 });

/** The master order with something else at a path. */
function withAt(path: string, value: unknown): Json {
  const body = structuredClone(viziOrder()) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = body;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  at[last] = value;
  return body;
}

/** What Postgres takes in the columns, and what can be read back from the JSON. */
function expectStorable(body: Json): void {
  const content = readOrder(body, 'IL260105IN10');
  const { applicants, details, warnings, ...columns } = content;
  for (const value of Object.values(columns)) {
    if (typeof value === 'string') expect(value.isWellFormed() && !value.includes('\u0000')).toBe(true);
    else if (typeof value === 'number')
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 31).toBe(true);
    else expect(value === null || typeof value === 'boolean').toBe(true);
  }
  for (const bytes of [applicants, details])
    if (bytes) expect(JSON.stringify(JSON.parse(bytes.toString()))).toBe(bytes.toString());
  const names = warnings as string[];
  expect(names.length).toBeLessThanOrEqual(51);
  for (const name of names) expect(name).toMatch(/^[A-Za-z_.[\]\d]+:[a-z-]+$/);
  expect(new Set(applicantIds(applicants)).size).toBe(applicantIds(applicants).length);
  decideContact(content);
  decideConfirmation(content, 'IL260105IN10');
}

describe('any body that names an order', () => {
  it.each(paths)('becomes an order that can be stored, whatever stands at %s', (path) => {
    fc.assert(
      fc.property(anything, (value) => {
        expectStorable(withAt(path, value));
      }),
      { numRuns: 40 },
    );
  });

  it('becomes an order that can be stored, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('order', 'form', '__proto__'), anything), (body) => {
        expectStorable(body);
      }),
      { numRuns: 300 },
    );
  });

  it('is read within the patience of a job, however many applicants and fields it has', () => {
    const crowd = Array.from({ length: 50_000 }, (_, i) => ({
      id: `a${i}`,
      files: { face: 7 },
      visited: 'x',
    }));
    const extra = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`field${i}`, { a: [i] }]));
    const started = performance.now();
    const content = readOrder(viziOrder({ form: { ...extra, applicants: crowd } }), 'IL260105IN10');
    expect(content.warnings).toContain('warnings:more');
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
