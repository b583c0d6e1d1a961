import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { decideConfirmation } from '../confirmation.js';
import { readOrder } from '../order.js';
import { bodyOfOldRow } from './old-orders-table.js';
import { Stated } from './stated.js';

type Json = Record<string, unknown>;

const { form, order } = viziOrder() as { form: Json; order: Json };
const { docType, docName, ...sold } = form['product'] as Json;

/** What the system used before made of the master order, as Postgres writes it into a CSV file. */
const row: Json = {
  order_id: 'IL260105IN10',
  form_id: 'frm_Ab3dEf6hIj9k',
  branch: 'il',
  domain: 'visanet.co.il',
  payment_processor: 'stripe',
  payment_id: 'pi_TESTTESTTESTTESTTEST0001',
  amount: '498.00',
  currency: 'ILS',
  order_status: 'active',
  client_name: 'דנה לדוגמה ',
  client_email: 'dana.example@example.test',
  client_phone: '972500000001',
  whatsapp_alerts_enabled: 't',
  product_country: 'india',
  product_doc_type: 'evisa',
  product_data: JSON.stringify({ ...sold, doc_type: docType, doc_name: docName, urgency: 'standard' }),
  visa_quantity: '2',
  visa_usage_deadline_days: '30',
  processing_days: '3',
  is_urgent: 'f',
  entry_date: '2026-03-05 02:00:00+02',
  entry_port: '',
  file_transfer_method: 'form',
  applicants_data: JSON.stringify(form['applicants']),
  passport_data: JSON.stringify({ firstName: 'SOMEBODY ELSE' }),
  form_meta_data: JSON.stringify(form['meta']),
  extra_data: JSON.stringify({ termsAgreed: true, orderId: null, _id: form['_id'] }),
  coupon_data: '',
  job_id: '17',
};

function bodyOf(changes: Json = {}) {
  const stated = new Stated({ ...row, ...changes });
  return { ...bodyOfOldRow(stated), problems: stated.problems };
}

const contentOf = (changes: Json = {}) => readOrder(bodyOf(changes), 'IL260105IN10');

const detailsOf = ({ details }: { details?: Buffer | null }) => JSON.parse(String(details)) as Json;

describe('a row of the old orders table', () => {
  it('is read as the order that the shop had sent', () => {
    const asSent = readOrder({ form, order }, 'IL260105IN10');
    const taken = contentOf();
    // The shop's two parts of the phone are gone, and the speed was kept in other words.
    const phone = '+972500000001';
    expect({ ...taken, details: detailsOf(taken) }).toEqual({
      ...asSent,
      urgency: 'standard',
      details: { ...detailsOf(asSent), phone },
    });
  });

  it('is confirmed in the same words', () => {
    const asSent = decideConfirmation(readOrder({ form, order }, 'IL260105IN10'), 'IL260105IN10');
    expect(asSent.state).toBe('planned');
    expect(decideConfirmation(contentOf(), 'IL260105IN10')).toEqual(asSent);
  });

  it('may hold its JSON columns as objects, as JSON files do', () => {
    const parsed = Object.fromEntries(
      Object.entries(row).map(([name, value]) =>
        /_data$/.test(name) && value !== '' ? [name, JSON.parse(String(value)) as unknown] : [name, value],
      ),
    );
    expect(bodyOf(parsed)).toEqual(bodyOf());
  });

  it('takes the first applicant from his own columns only where the list is missing', () => {
    const alone = {
      applicants_data: '[]',
      face_url: 'https://files.example.test/face',
      files_data: '{"card":""}',
    };
    expect(bodyOf(alone).form['applicants']).toEqual([
      {
        passport: { firstName: 'SOMEBODY ELSE' },
        files: { card: '', face: 'https://files.example.test/face' },
      },
    ]);
  });

  it.each([
    [{ code: 'EXAMPLE10', discount: 10 }, 'order', 'coupon'],
    [{ coupon: 'EXAMPLE10', percent: 10 }, 'form', 'discount'],
  ] as const)('puts a coupon back where it stood: %j', (coupon, part, key) => {
    const body = bodyOf({ coupon_data: JSON.stringify(coupon) });
    expect(body[part][key]).toEqual(coupon);
    expect([body.order['coupon'], body.form['discount']].filter(Boolean)).toHaveLength(1);
  });

  it('knows a purchased speed and the days that were promised', () => {
    expect(contentOf({ product_data: JSON.stringify({ ...sold, urgency: 'urgent' }) })).toMatchObject({
      isUrgent: true,
      processingDays: 1,
    });
    expect(contentOf({ product_data: '{}', is_urgent: 't' })).toMatchObject({ isUrgent: true });
    expect(contentOf({ product_data: '{}', processing_days: '5' })).toMatchObject({ processingDays: 5 });
  });

  it.each(['0000000000', '', 'none'])('makes no phone out of %j', (phone) => {
    expect(contentOf({ client_phone: phone })).toMatchObject({ clientPhone: null });
  });

  it.each([
    ['', false],
    ['f', false],
    [null, false],
    ['true', true],
  ])('takes only a plain yes for consent: %j', (said, consents) => {
    expect(contentOf({ whatsapp_alerts_enabled: said })).toMatchObject({ whatsappAlertsEnabled: consents });
  });

  it.each([
    ['2026-03-05', '2026-03-05'],
    ['2026-03-05T00:00:00.000Z', '2026-03-05'],
    ['2026-03-04 19:00:00-05', '2026-03-05'],
    ['', null],
  ])('reads the entry day %j', (said, day) => {
    expect(contentOf({ entry_date: said })).toMatchObject({ entryDate: day });
  });

  it('names every column that cannot be read', () => {
    const { problems } = bodyOf({
      product_data: '{',
      applicants_data: '{}',
      amount: 'much',
      visa_quantity: '-',
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'amount',
      'applicants_data',
      'product_data',
      'visa_quantity',
    ]);
  });
});
