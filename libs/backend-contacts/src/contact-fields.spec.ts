import { describe, expect, it } from '@jest/globals';
import { products, readOrder } from '@visapi/backend-orders';
import { shopOrder, viziOrder } from '@visapi/backend-testing';
import { contactOf } from './contact-fields.js';

const order = {
  newestOrderId: 'IL260105IN10',
  contentVersion: 1,
  clientName: 'דנה לדוגמה',
  clientEmail: 'dana.example@example.test',
  clientPhone: '+972500000001',
  clientSex: 'f',
  branch: 'il',
  productCountry: 'india',
  productDocType: 'evisa',
  productIntent: 'tourism',
  productEntries: 'multiple',
  productValidity: 'year',
  stayLimit: 90,
  visaQuantity: 2,
  amount: '498.0000',
  currency: 'ILS',
  processingDays: 3,
  isUrgent: false,
  whatsappAlertsEnabled: true,
  entryDate: '2026-03-05',
  firstReceivedAt: new Date('2026-01-05T09:00:44.903Z'),
};
const fieldsOf = (changes: Partial<Parameters<typeof contactOf>[0]> = {}) =>
  Object.fromEntries(contactOf({ ...order, ...changes }).fields.map(({ name, value }) => [name, value]));

describe('what CBB is to hold of a customer', () => {
  it('is told in the account’s fields, all as text', () => {
    expect(contactOf(order)).toMatchObject({
      phone: '972500000001',
      firstName: 'דנה לדוגמה',
      email: 'dana.example@example.test',
      gender: 'female',
      language: 'he',
    });
    expect(fieldsOf()).toEqual({
      customer_name: 'דנה לדוגמה',
      Email: 'dana.example@example.test',
      OrderNumber: 'IL260105IN10',
      visa_country: 'india',
      visa_flag: '🇮🇳',
      visa_type: 'evisa',
      visa_intent: 'tourism',
      visa_entries: 'multiple',
      visa_validity: '1 year',
      visa_quantity: '2',
      stay_limit: '90',
      order_days: '3',
      order_sum_ils: '498',
      order_urgent: '0',
      wa_alerts: '1',
      order_date: '1772668800',
      order_date_time: '1767603644',
    });
  });

  it('leaves out what is not known, and makes nothing up', () => {
    const unknown = {
      clientName: null,
      clientEmail: null,
      productCountry: 'atlantis',
      productValidity: 'x',
      stayLimit: null,
      entryDate: null,
    };
    const fields = fieldsOf({ ...unknown, clientSex: null });
    for (const name of ['customer_name', 'Email', 'visa_flag', 'visa_validity', 'stay_limit', 'order_date'])
      expect(fields).not.toHaveProperty(name);
    expect(fields).toMatchObject({ visa_country: 'atlantis' });
    expect(contactOf({ ...order, clientSex: null }).gender).toBeUndefined();
  });

  it('never writes another currency as shekels', () => {
    expect(fieldsOf({ currency: 'USD' })).not.toHaveProperty('order_sum_ils');
  });

  it.each([
    ['0.0000', '0'],
    ['500.0000', '500'],
    ['500', '500'],
    ['1234.5000', '1234.5'],
  ])('writes the amount %s as %s', (amount, written) => {
    expect(fieldsOf({ amount })['order_sum_ils']).toBe(written);
  });

  it('tells withheld consent and urgency as numbers', () => {
    expect(fieldsOf({ whatsappAlertsEnabled: false, isUrgent: true })).toMatchObject({
      wa_alerts: '0',
      order_urgent: '1',
    });
  });

  it.each([
    ['2_weeks', '2 weeks'],
    ['15_days', '15 days'],
    ['month', '1 month'],
    ['6_months', '6 months'],
    ['year', '1 year'],
    ['10_years', '10 years'],
    ['30_days', undefined],
    [null, undefined],
  ])('tells the validity %s in English as %s', (productValidity, written) => {
    expect(fieldsOf({ productValidity })['visa_validity']).toBe(written);
  });

  it.each([
    ['2026-03-05', '2026-03-05T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z'],
  ])('writes the day %s as the second at which it begins', (entryDate, begins) => {
    expect(Number(fieldsOf({ entryDate })['order_date']) * 1000).toBe(Date.parse(begins));
  });

  it.each([
    ['il', 'he'],
    ['ru', 'ru'],
    ['kz', 'ru'],
    ['se', 'sv'],
    ['co', 'en'],
    ['unknown', 'en'],
    ['constructor', 'en'],
  ])('speaks to branch %s in %s', (branch, language) => {
    expect(contactOf({ ...order, branch }).language).toBe(language);
  });

  it.each([
    ['m', 'male'],
    ['f', 'female'],
    ['constructor', undefined],
    [null, undefined],
  ])('takes the sex %s of a passport for %s', (clientSex, gender) => {
    expect(contactOf({ ...order, clientSex }).gender).toBe(gender);
  });
});

describe('what CBB is to hold of an order of each product', () => {
  const wantedOf = (body: ReturnType<typeof viziOrder>) => {
    const orderId = String(body.order['id']);
    const content = readOrder(body, orderId);
    const read = Object.fromEntries(Object.entries(content).filter(([key]) => key in order));
    return contactOf({ ...order, ...read, newestOrderId: orderId });
  };

  it('is its own facts and nothing of another', () => {
    const lines = products.map((product) => {
      const { phone, firstName, gender, language, fields } = wantedOf(shopOrder(product, 'il'));
      const told = fields
        .filter(({ name }) => !['customer_name', 'Email', 'order_date_time'].includes(name))
        .map(({ name, value }) => `${name}=${value}`);
      return [product.name, phone, firstName, gender ?? 'no gender', language, ...told].join('; ');
    });
    expect(lines.join('\n')).toMatchSnapshot();
  });

  it('is the country as it was spelled when we do not know it (V21), and no flag', () => {
    const { fields } = wantedOf(viziOrder({ form: { country: 'New Atlantis' } }));
    expect(fields).toContainEqual({ name: 'visa_country', value: 'new_atlantis' });
    expect(fields.map(({ name }) => name)).not.toContain('visa_flag');
  });

  it.each(['entries', 'intent'])('leaves out %s that cannot be read', (key) => {
    const { fields } = wantedOf(viziOrder({ form: { product: { [key]: 7 } } }));
    expect(fields.map(({ name }) => name)).not.toContain(`visa_${key}`);
  });
});
