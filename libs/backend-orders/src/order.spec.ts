import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import fc from 'fast-check';
import { readOrder } from './order.js';

const parsed = (bytes: Buffer | null | undefined): unknown => JSON.parse((bytes ?? 'null').toString());

const read = (changes: Record<string, unknown> = {}, orderId = 'IL260105IN10') =>
  readOrder(viziOrder(changes), orderId);
const client = (changes: Record<string, unknown>) => ({ form: { client: changes } });
const product = (changes: Record<string, unknown>) => ({ form: { product: changes } });

describe('readOrder on the master order', () => {
  it('reads every field and warns of nothing', () => {
    const { applicants, details, ...columns } = read();
    expect(columns).toEqual({
      formId: 'frm_Ab3dEf6hIj9k',
      branch: 'il',
      domain: 'visanet.co.il',
      paymentProcessor: 'stripe',
      paymentId: 'pi_TESTTESTTESTTESTTEST0001',
      amount: '498',
      currency: 'ILS',
      orderStatus: 'active',
      clientName: 'דנה לדוגמה',
      clientEmail: 'dana.example@example.test',
      clientPhone: '+972500000001',
      clientSex: 'f',
      whatsappAlertsEnabled: true,
      productName: 'india_tourist_year',
      productCountry: 'india',
      productDocType: 'evisa',
      productIntent: 'tourism',
      productEntries: 'multiple',
      productValidity: 'year',
      validityDays: 365,
      stayLimit: 90,
      urgency: 'none',
      isUrgent: false,
      processingDays: 3,
      visaQuantity: 2,
      entryDate: '2026-03-05',
      warnings: [],
    });
    const { applicants: given, product, meta } = viziOrder().form as Record<string, unknown[]>;
    expect(parsed(applicants)).toEqual([{ ...(given![0] as object), crime: undefined }, given![1]]);
    expect(parsed(details)).toEqual({
      phone: { code: '972', number: '0500000001' },
      termsAgreed: true,
      entry: { date: '2026-03-05' },
      fileTransferMethod: 'form',
      product,
      meta,
      other: { _id: '66c000000000000000000a01' },
    });
  });
});

describe('readOrder on the variants of real payloads', () => {
  it.each([
    ['lower case (V01)', 'il', 'IL260105IN10', 'il', []],
    ['upper case (V01)', 'IL', 'IL260105IN10', 'il', []],
    ['missing, told by the id (V01)', undefined, 'IL260105IN10', 'il', ['branch:missing']],
    ['another branch (V02)', 'SE', 'SE260105IN1', 'se', ['currency:not-of-branch']],
    [
      'other than the id says',
      'co',
      'IL260105IN10',
      'co',
      ['branch:differs-from-order-id', 'currency:not-of-branch'],
    ],
    ['missing, id of an unknown shape', undefined, 'order 7', 'unknown', ['branch:missing']],
    ['newer than our list', 'de', 'DE260105IN1', 'de', ['branch:unknown']],
    ['a number', 7, 'IL260105IN10', 'il', ['branch:not-text', 'branch:missing']],
  ])('takes the branch: %s', (_name, branch, orderId, expected, warnings) => {
    const content = read({ order: { branch } }, orderId);
    expect([content.branch, content.warnings]).toEqual([expected, warnings]);
  });

  it.each([
    ['separators and plus (V04)', { code: '+972', number: '50-000 0001' }, '+972500000001'],
    ['code repeated (V05)', { code: '972', number: '972500000001' }, '+972500000001'],
    ['zero, then code (V06)', { code: '972', number: '0972500000001' }, '+972500000001'],
    ['Kazakhstan (V07)', { code: '7', number: '7010000001' }, '+77010000001'],
    ['Russia (V08)', { code: '7', number: '9160000001' }, '+79160000001'],
    ['one string (V11)', '+972500000001', '+972500000001'],
  ])('reads the phone: %s', (_name, phone, expected) => {
    expect(read(client({ phone }))).toMatchObject({ clientPhone: expected, warnings: [] });
  });

  it.each([null, {}, { code: '972', number: '' }, 'call me', 0, []])(
    'keeps an order whose phone is %j (V10) and invents no number',
    (phone) => {
      expect(read(client({ phone }))).toMatchObject({ clientPhone: null, warnings: ['phone:invalid'] });
    },
  );

  it.each([[undefined], [false], ['true'], [1], [null]])('takes %j for no consent (V12, V13)', (given) => {
    expect(read(client({ whatsappAlertsEnabled: given })).whatsappAlertsEnabled).toBe(false);
  });

  it.each([
    ['next_day', true, 1],
    ['few_hours', true, 1],
    ['EXPRESS', true, 1],
    ['none', false, 3],
    [null, false, 3],
    ['3_days', false, 3],
    ['5_15_days', false, 15],
  ])('reads the urgency %s (V14)', (urgency, isUrgent, processingDays) => {
    expect(read({ form: { urgency } })).toMatchObject({ isUrgent, processingDays, warnings: [] });
  });

  it('believes the purchased speed before the product (V15), and the product before the country (V16)', () => {
    const vietnam = {
      form: { country: 'vietnam', urgency: '3_days', product: { country: 'vietnam', wait: 7 } },
    };
    expect(read(vietnam).processingDays).toBe(3);
    expect(read(product({ wait: 9 })).processingDays).toBe(9);
    const usual = (country: string) =>
      read({ form: { country, product: { wait: undefined } } }).processingDays;
    expect([usual('morocco'), usual('vietnam'), usual('uk'), usual('atlantis')]).toEqual([5, 7, 3, null]);
  });

  it('takes the validity from the product, never from the days of use (V17, V18)', () => {
    expect(read(product({ validity: '6_months', days_to_use: 30 })).productValidity).toBe('6_months');
  });

  it('keeps an unknown country as received, with a warning (V21)', () => {
    expect(read({ form: { country: 'atlantis' } })).toMatchObject({
      productCountry: 'atlantis',
      warnings: ['country:unknown'],
    });
  });

  it.each([
    ['India 🇮🇳', 'india'],
    ['SRI LANKA', 'sri_lanka'],
    ['saudi-arabia', 'saudi_arabia'],
  ])('knows the country %s by its spelling', (country, productCountry) => {
    const content = read({ form: { country, product: { country: undefined, name: undefined } } });
    expect(content).toMatchObject({ productCountry, warnings: ['product.name:missing'] });
  });

  it('keeps values newer than our lists verbatim, with warnings (V22)', () => {
    const order = { payment_processor: 'newpay', status: 'Paused', currency: 'gbp' };
    expect(read({ order })).toMatchObject({
      paymentProcessor: 'newpay',
      orderStatus: 'Paused',
      currency: 'GBP',
      warnings: ['payment_processor:unknown', 'currency:unknown', 'status:unknown'],
    });
  });

  it('lets nothing it does not know disturb what it knows, and keeps it (V23)', () => {
    const extra = {
      order: { zz: 1 },
      form: { zz: { b: [1], a: '' }, none: {}, client: { zz: [] }, product: { zz: null } },
      zz: 'top',
    };
    const { details, ...columns } = read(extra);
    expect({ ...columns, details: undefined }).toEqual({ ...read(), details: undefined });
    const other = { _id: '66c000000000000000000a01', zz: { a: '', b: [1] } };
    expect(parsed(details)).toMatchObject({ order: { zz: 1 }, other, product: { zz: null } });
    expect(parsed(details)).not.toHaveProperty('other.none');
  });

  it.each([
    ['', null, []],
    [null, null, []],
    ['2026-03-05T00:00:00.000Z', '2026-03-05', []],
    ['2026-02-30', null, ['entry.date:not-a-day']],
    ['0000-01-01', null, ['entry.date:not-a-day']],
    ['05/03/2026', null, ['entry.date:not-a-day']],
    [20260305, null, ['entry.date:not-text']],
  ])('reads the entry date %j as a calendar day (V24)', (date, entryDate, warnings) => {
    expect(read({ form: { entry: { date } } })).toMatchObject({ entryDate, warnings });
  });

  it('names no sex that the first applicant does not state (V25)', () => {
    const applicants = [{ id: 'apl_1', passport: { firstName: 'DANA' } }];
    expect(read({ form: { applicants, quantity: 1 } }).clientSex).toBeNull();
  });

  it.each([
    [[], []],
    [undefined, []],
    [null, []],
    ['two', ['applicants:not-a-list']],
    [['two'], ['applicants[0]:not-an-object']],
  ])('stores an order with applicants %j (V26)', (applicants, warnings) => {
    expect(read({ form: { applicants, quantity: 1 } })).toMatchObject({
      visaQuantity: 1,
      applicants: null,
      warnings: [...warnings, 'applicants:missing'],
    });
  });

  it('believes the quantity, and says when it differs from the applicants (V27)', () => {
    expect(read({ form: { quantity: 3 } })).toMatchObject({
      visaQuantity: 3,
      warnings: ['quantity:differs-from-applicants'],
    });
    for (const quantity of [0, null, undefined])
      expect(read({ form: { quantity } })).toMatchObject({
        visaQuantity: 2,
        warnings: ['quantity:missing'],
      });
  });

  it.each(['many', -1, 2.5, {}, true])('counts nobody where the quantity is %j', (quantity) => {
    expect(read({ form: { quantity } })).toMatchObject({
      visaQuantity: null,
      warnings: ['quantity:not-a-count'],
    });
  });

  it.each(['soon', -1, 2.5, {}])(
    'promises no time where the wait is %j, unless a speed was bought',
    (wait) => {
      expect(read(product({ wait }))).toMatchObject({
        processingDays: null,
        warnings: ['product.wait:not-a-count'],
      });
      expect(read({ form: { urgency: 'next_day', product: { wait } } }).processingDays).toBe(1);
    },
  );

  it.each([
    ['warp', 'warp'],
    [7, 'unknown'],
    [{}, 'unknown'],
  ])('promises no time for the unknown speed %j', (given, urgency) => {
    const content = read({ form: { urgency: given } });
    expect(content).toMatchObject({ urgency, isUrgent: false, processingDays: null });
    expect(content.warnings).toContain('urgency:unknown');
  });

  it.each([
    [0, '0', []],
    [1234.5, '1234.5', []],
    [0.1 + 0.2, '0.3', []],
    ['498', '498', ['amount:number-as-text']],
    [-5, null, ['amount:not-an-amount']],
    [1e300, null, ['amount:not-an-amount']],
    [{}, null, ['amount:not-an-amount']],
    ['', null, []],
  ])('reads the amount %j as decimal text (V28, V29)', (amount, expected, warnings) => {
    expect(read({ order: { amount } })).toMatchObject({ amount: expected, warnings });
  });
});

describe('readOrder on what the shop says of a payment', () => {
  it.each([
    ...['active', 'completed', 'issue', 'canceled'].map((status) => ({ status })),
    ...['stripe', 'paypal', 'tbank', 'bill', 'bit', 'paybox'].map((payment_processor) => ({
      payment_processor,
    })),
  ])('knows %j', (order) => {
    expect(read({ order }).warnings).toEqual([]);
  });

  it.each([
    ['IL', 'ILS'],
    ['CO', 'USD'],
    ['SE', 'SEK'],
    ['RU', 'RUB'],
    ['KZ', 'KZT'],
  ])('expects that branch %s is paid in %s', (branch, currency) => {
    const orderId = `${branch}260105IN10`;
    expect(read({ order: { branch, currency } }, orderId).warnings).toEqual([]);
    const other = currency === 'ILS' ? 'USD' : 'ILS';
    expect(read({ order: { branch, currency: other } }, orderId).warnings).toEqual([
      'currency:not-of-branch',
    ]);
  });

  it.each([
    ['currency', 'currency:not-text', 'currency:missing'],
    ['payment_processor', 'payment_processor:not-text', 'payment_processor:missing'],
    ['status', 'status:not-text', 'status:missing'],
    ['form_id', 'form_id:not-text'],
    ['domain', 'domain:not-text'],
    ['payment_id', 'payment_id:not-text'],
    ['amount', 'amount:not-an-amount'],
  ])('names %s where it cannot be read', (field, ...warnings) => {
    expect(read({ order: { [field]: [1] } }).warnings).toEqual(warnings);
  });

  it('takes the id of the form from the order, else from the form', () => {
    const idOf = (order: unknown, form: unknown) => read({ order: { form_id: order }, form: { id: form } });
    expect(idOf('frm_order', 'frm_form').formId).toBe('frm_order');
    expect(idOf(null, 'frm_form').formId).toBe('frm_form');
    expect(idOf(null, 7)).toMatchObject({ formId: null, warnings: ['form.id:not-text'] });
  });

  it.each([
    ['il260105IN10', 'il'],
    ['IL26010IN10', 'unknown'],
    ['XIL260105IN10', 'unknown'],
    ['DE260105IN10', 'unknown'],
    ['', 'unknown'],
  ])('takes the branch from the id %j where nobody states it', (orderId, branch) => {
    expect(read({ order: { branch: null } }, orderId)).toMatchObject({
      branch,
      warnings: ['branch:missing'],
    });
  });

  it('wonders at a form that belongs to another order, not at one that names none or this', () => {
    const warningsOf = (orderId: unknown) => read({ form: { orderId } }).warnings;
    expect(['', null, undefined, 'IL260105IN10'].map(warningsOf)).toEqual([[], [], [], []]);
    expect(warningsOf('IL260105IN11')).toEqual(['orderId:differs-from-order']);
  });
});

describe('readOrder on hostile bodies', () => {
  it('reads an empty order and form without inventing a fact', () => {
    expect(readOrder({ order: {}, form: {} }, 'x')).toMatchObject({
      branch: 'unknown',
      amount: null,
      currency: null,
      clientName: null,
      clientPhone: null,
      whatsappAlertsEnabled: false,
      productCountry: null,
      visaQuantity: null,
      processingDays: null,
      applicants: null,
    });
  });

  it.each(['', null, 0, [], {}])('reads an order whose parts are all %j', (part) => {
    const parts = ['client', 'product', 'entry', 'meta', 'country', 'urgency', 'quantity', 'applicants'];
    const form = Object.fromEntries(parts.map((name) => [name, part]));
    expect(readOrder({ order: { id: 'IL260105IN10', branch: part }, form }, 'IL260105IN10').branch).toBe(
      'il',
    );
  });

  it('is not misled by prototype keys', () => {
    const body = JSON.parse(
      '{"__proto__":{"form":{}},"order":{"__proto__":{"branch":"il"},"constructor":"x"},"form":{"client":{"__proto__":{"whatsappAlertsEnabled":true}},"country":"constructor","urgency":"__proto__"}}',
    ) as Record<string, unknown>;
    const content = readOrder(body, 'constructor');
    expect(content).toMatchObject({ branch: 'unknown', whatsappAlertsEnabled: false, processingDays: null });
    expect(({} as { branch?: string }).branch).toBeUndefined();
  });

  it('survives nesting to the depth of the parser, and says that it kept no applicants', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown[];
    expect(read({ form: { applicants: deep } })).toMatchObject({ applicants: null });
    expect(read({ form: { applicants: deep } }).warnings).toContain('applicants:too-deep');
  });

  it('removes what Postgres cannot hold, and says so', () => {
    expect(read(client({ name: 'a\u0000b\ud800c' }))).toMatchObject({
      clientName: 'ab\ufffdc',
      warnings: ['client.name:unstorable-characters'],
    });
  });

  it('cuts long text by characters, never through one', () => {
    const { clientName } = read(client({ name: '😀'.repeat(500) }));
    expect(clientName).toBe('😀'.repeat(300));
  });

  it('makes an order of any JSON object and warns with names only', () => {
    const json = fc.dictionary(fc.constantFrom('order', 'form', 'x'), fc.jsonValue());
    fc.assert(
      fc.property(json, fc.string(), (body, orderId) => {
        const content = readOrder(body, orderId);
        expect(content.branch).not.toBe('');
        for (const warning of content.warnings as string[])
          expect(warning).toMatch(/^[A-Za-z_.[\]\d]+:[A-Za-z-]+$/);
      }),
      { numRuns: 100 },
    );
  });
});
