import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countryKeys, makeOrder } from '@visapi/sandbox/orders';
import { metaBody } from '@visapi/backend-testing';
import { untilQuiet } from './invariants.js';
import { TestSystem } from './system.js';

/**
 * Bodies made up by a generator, against each door. `GENERATED_BODIES=10000 npm test -- generated-input` is the whole
 * run; `npm test` makes a small one of it.
 */
const runs = Number(process.env['GENERATED_BODIES'] ?? 250);
const seed = Number(process.env['GENERATED_SEED'] ?? 61);
const withinMs = 60_000 + runs * 60;

let system: TestSystem;
let sequence = 61_000;
beforeAll(async () => {
  system = await TestSystem.start();
}, 30_000);
afterAll(() => system.close());

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Change = (text: string) => string;

const nested = (levels: number) => `${'{"a":'.repeat(levels)}[]${'}'.repeat(levels)}`;

/** Values as JSON text, so that what JSON.stringify cannot write can be sent too. */
const anyText = fc.oneof(
  { arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)), weight: 4 },
  fc.constantFrom(
    '1e999',
    '-1e999',
    '1e-999',
    '-0',
    '123456789012345678901234567890',
    '0.1e1',
    'true',
    'null',
  ),
  fc.constantFrom('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u202e"', '"\\n\\t"', '""', '" "'),
  fc.constantFrom(
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '[[[[[]]]]]',
  ),
  fc.integer({ min: 1, max: 3_000 }).map(nested),
  fc.string({ unit: 'binary', maxLength: 50 }).map((text) => JSON.stringify(text)),
  fc.integer({ min: 1, max: 20_000 }).map((length) => `"${'x'.repeat(length)}"`),
);

const marker = '"@@here@@"';

/** A change of one place of a body: another value, another key, or no value. */
const anyChange: fc.Arbitrary<Change> = fc
  .tuple(
    fc.nat(),
    anyText,
    fc.constantFrom('value', 'value', 'value', 'remove', 'add'),
    fc.string({ maxLength: 8 }),
  )
  .map(([place, value, kind, key]) => (text) => {
    const body = JSON.parse(text) as Json;
    const places = placesOf(body);
    const chosen = places[place % places.length];
    if (!chosen) return text;
    if (kind === 'remove') chosen.remove();
    else chosen.set(kind === 'add' ? { [key]: '@@here@@' } : '@@here@@');
    return JSON.stringify(body).replace(marker, () => value);
  });

interface Place {
  readonly set: (value: Json) => void;
  readonly remove: () => boolean;
}

/** Every place below the body, except the order's id: without it there is no order to keep. */
function placesOf(node: Json, path = ''): Place[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => {
    const here = `${path}.${key}`;
    if (here === '.order.id') return [];
    const holder = node as Record<string, Json>;
    const place: Place = {
      set: (value) => (holder[key] = value),
      remove: () => Reflect.deleteProperty(holder, key),
    };
    return [place, ...placesOf(child, here)];
  });
}

/** Damage of the text itself, after which it is mostly no JSON. */
const anyDamage: fc.Arbitrary<Change> = fc
  .tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.constantFrom('', '\u0000', '"', '}', '{', ',,', '\ufeff', '//'),
  )
  .map(([part, inserted]) => (text) => {
    const at = Math.floor(text.length * part);
    return inserted === '' ? text.slice(0, at) : text.slice(0, at) + inserted + text.slice(at);
  });

const manyChanges = fc.array(anyChange, { minLength: 1, maxLength: 4 });
const anyBody = fc.tuple(manyChanges, fc.option(anyDamage, { freq: 5 }));
const contentTypes = ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense;;', ''];

function changed(text: string, [changes, damage]: [Change[], Change | null]): string {
  let body = text;
  for (const change of changes) body = tryTo(change, body);
  return damage ? damage(body) : body;
}

/** A change may have made what JSON.parse refuses (numbers of other systems are fine, deep ones are not). */
function tryTo(change: Change, text: string): string {
  try {
    return change(text);
  } catch {
    return text;
  }
}

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const response = await fetch(`${system.urls.backend}/api/v1${path}`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

const allowed = [200, 400, 413, 422];

describe('bodies that a generator makes of real ones', () => {
  it(
    'are taken or refused in words at the door for orders, for every country and branch',
    async () => {
      const key = { 'x-api-key': system.secrets.viziApiKey };
      const branches = ['il', 'co', 'se', 'ru', 'kz'] as const;
      const property = fc.asyncProperty(anyBody, fc.nat(), async (change, pick) => {
        sequence += 1;
        const country = countryKeys[pick % countryKeys.length];
        const order = makeOrder({ seed, sequence, country, branch: branches[pick % branches.length] });
        const type = contentTypes[pick % contentTypes.length] ?? '';
        const { status } = await post('/webhooks/vizi/orders', changed(JSON.stringify(order), change), {
          ...key,
          ...(type === '' ? {} : { 'content-type': type }),
        });
        expect(allowed).toContain(status);
      });
      await fc.assert(property, { seed, numRuns: runs });
    },
    withinMs,
  );

  it(
    'are taken or refused in words at the door for receipts',
    async () => {
      const property = fc.asyncProperty(anyBody, fc.nat(), async (change, pick) => {
        const at = new Date(1_767_603_700_000 + pick);
        const statuses = [{ id: `wamid.${pick}`, status: 'delivered', at, phone: '972500000001' }];
        const body = Buffer.from(changed(JSON.stringify(metaBody(statuses)), change));
        const hmac = createHmac('sha256', system.secrets.wabaAppSecret).update(body).digest('hex');
        const signature = { 'x-hub-signature-256': `sha256=${hmac}` };
        const { status } = await post('/webhooks/whatsapp', new Uint8Array(body), signature);
        expect(allowed).toContain(status);
      });
      await fc.assert(property, { seed, numRuns: runs });
    },
    withinMs,
  );

  it(
    'are taken or refused in words at the door for issues',
    async () => {
      const key = { 'x-api-key': system.secrets.adminApiKey };
      const issue = (value: string) => ({ value, label: 'Some label', meta: {} });
      const property = fc.asyncProperty(anyBody, fc.nat(), async (change, pick) => {
        const body = {
          applicantId: `apl_${pick}`,
          issues: {
            face_photo: [issue('blurred_photo')],
            passport_expiry: [issue('expired_passport')],
            business: [],
          },
          phone: '+972500000001',
        };
        const { status } = await post(
          '/webhooks/visanet/mistakes',
          changed(JSON.stringify(body), change),
          key,
        );
        expect(allowed).toContain(status);
      });
      await fc.assert(property, { seed, numRuns: runs });
    },
    withinMs,
  );

  it(
    'leave nothing open, nothing lost and both processes as they were started',
    async () => {
      const balance = await untilQuiet(system, 1, withinMs);
      expect(balance.violations).toEqual([]);
      expect(balance.byState).toMatchObject({ failed: 0, uncertain: 0, open: 0 });
      expect(system.reports).toEqual([]);
      expect((await system.sandbox.sends()).repeated).toEqual([]);
    },
    withinMs,
  );
});
