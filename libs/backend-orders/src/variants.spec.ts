import { describe, expect, it } from '@jest/globals';
import { shopOrder, viziOrder } from '@visapi/backend-testing';
import { findProduct } from './catalogue/products.js';
import { decideConfirmation, decideContact } from './confirmation.js';
import { readOrder } from './order.js';

type Json = Readonly<Record<string, unknown>>;

const masterId = 'IL260105IN10';
const indiaYear = ['דנה לדוגמה', 'הודו', '🇮🇳', masterId, 'תיירות, רב פעמית, לשנה', '2', '498', '3'];
const detailsOf = ({ details }: { details?: Buffer | null }) => JSON.parse(String(details)) as Json;
const applicantsOf = ({ applicants }: { applicants?: Buffer | null }) =>
  JSON.parse(String(applicants)) as Json[];

/** The outcome for branch il: what the contact and the confirmation become. */
function outcomeOf(body: Json, orderId = masterId) {
  const content = readOrder(body, orderId);
  const [contact, confirmation] = [decideContact(content), decideConfirmation(content, orderId)];
  return {
    contact: contact.state === 'planned' ? contact.phone : contact.reason,
    told: confirmation.state === 'planned' ? confirmation.parameters : confirmation.reason,
    warnings: content.warnings as string[],
  };
}
const client = (changes: Json) => ({ form: { client: changes } });
const phone = (given: unknown) => client({ phone: given });
/** The master's customer buys one piece of another product. */
const buying = (name: string, changes: Json = {}, urgency = 'none'): Json => {
  const { form, order } = shopOrder(findProduct(name)!, 'il');
  return { order, form: { ...form, urgency, product: { ...(form['product'] as Json), ...changes } } };
};
const toldOf = (body: Json): string | readonly string[] => outcomeOf(body, masterId).told;

describe('variants of the master order (domain.md A.2)', () => {
  it.each<[string, Json, string | readonly string[], string, string[]]>([
    ['V01 lower case', { order: { branch: 'il' } }, indiaYear, '+972500000001', []],
    ['V01 upper case', { order: { branch: 'IL' } }, indiaYear, '+972500000001', []],
    ['V01 by id', { order: { branch: undefined } }, indiaYear, '+972500000001', ['branch:missing']],
    ['V04', phone({ code: '+972', number: '50-000 0001' }), indiaYear, '+972500000001', []],
    ['V05', phone({ code: '972', number: '972500000001' }), indiaYear, '+972500000001', []],
    ['V06', phone({ code: '972', number: '0972500000001' }), indiaYear, '+972500000001', []],
    ['V07', phone({ code: '7', number: '7010000001' }), indiaYear, '+77010000001', []],
    ['V08', phone({ code: '7', number: '9160000001' }), indiaYear, '+79160000001', []],
    ['V09', phone({ code: '1', number: '2125550100' }), indiaYear, '+12125550100', []],
    ['V10 null', phone(null), 'invalid-phone', 'invalid-phone', ['phone:invalid']],
    ['V10 {}', phone({}), 'invalid-phone', 'invalid-phone', ['phone:invalid']],
    ['V10 empty', phone({ code: '972', number: '' }), 'invalid-phone', 'invalid-phone', ['phone:invalid']],
    ['V11', phone('+972500000001'), indiaYear, '+972500000001', []],
    ['V12', client({ whatsappAlertsEnabled: undefined }), 'no-consent', '+972500000001', []],
    ['V13', client({ whatsappAlertsEnabled: false }), 'no-consent', '+972500000001', []],
    [
      'V13 text',
      client({ whatsappAlertsEnabled: 'true' }),
      'no-consent',
      '+972500000001',
      ['client.whatsappAlertsEnabled:not-yes-or-no'],
    ],
    [
      'no name',
      client({ name: ' ' }),
      indiaYear.with(0, 'לקוח יקר'),
      '+972500000001',
      ['client.name:missing'],
    ],
    ['V14 next day', { form: { urgency: 'next_day' } }, indiaYear.with(7, '1'), '+972500000001', []],
    ['V14 hours', { form: { urgency: 'few_hours' } }, indiaYear.with(7, '1'), '+972500000001', []],
    ['V21', { form: { country: 'atlantis' } }, 'untranslatable', '+972500000001', ['country:unknown']],
    [
      'V22',
      { order: { payment_processor: 'newpay', status: 'paused' } },
      indiaYear,
      '+972500000001',
      ['payment_processor:unknown', 'status:unknown'],
    ],
    [
      'V26',
      { form: { applicants: [], quantity: 1 } },
      indiaYear.with(5, '1'),
      '+972500000001',
      ['applicants:missing'],
    ],
    [
      'V27',
      { form: { quantity: 3 } },
      indiaYear.with(5, '3'),
      '+972500000001',
      ['quantity:differs-from-applicants'],
    ],
    ['V28', { order: { amount: 0 } }, indiaYear.with(6, '0'), '+972500000001', []],
    ['V29', { order: { amount: 1234.5 } }, indiaYear.with(6, '1234.5'), '+972500000001', []],
    ['V29 text', { order: { amount: '498' } }, indiaYear, '+972500000001', ['amount:number-as-text']],
  ])('%s', (_name, changes, told, contact, warnings) => {
    expect(outcomeOf(viziOrder(changes))).toEqual({ told, contact, warnings });
  });

  it.each(['co', 'se', 'ru', 'kz'] as const)('V02: branch %s is stored and nobody is told', (branch) => {
    const body = shopOrder(findProduct('india_tourist_year')!, branch);
    const orderId = String(body.order['id']);
    expect(outcomeOf(body, orderId)).toEqual({ contact: 'branch', told: 'branch', warnings: [] });
    expect(readOrder(body, orderId).branch).toBe(branch);
  });

  it('V15, V16: days come from the speed, the product, the country', () => {
    expect(toldOf(buying('vietnam_3_months_single', { wait: 7 }, '3_days'))[7]).toBe('3');
    expect(toldOf(buying('schengen', {}, '5_15_days'))[7]).toBe('15');
    const usual = ['morocco_tourist_6_months', 'vietnam_3_months_multi', 'uk_2_years', 'thailand_5_years'];
    expect(usual.map((name) => toldOf(buying(name, { wait: undefined }))[7])).toEqual(['5', '7', '3', '3']);
  });

  it.each([
    ['V17', 'morocco_tourist_6_months', { days_to_use: 30 }, 180, 'תיירות לחצי שנה'],
    ['V18', 'uk_2_years', { days_to_use: 180 }, 730, 'אישור נסיעה לשנתיים'],
    ['V19', 'bahrain_2_weeks', { days_to_use: 90 }, 14, 'תיירות לשבועיים'],
    ['V19', 'togo_15_days_single', {}, 15, 'תיירות ל-15 ימים'],
  ])('%s: %s is told with its own validity', (_variant, name, changes, days, text) => {
    const body = buying(name, changes);
    expect(readOrder(body, masterId).validityDays).toBe(days);
    expect(toldOf(body)[4]).toBe(text);
  });

  it.each([
    ['saudi_arabia_year', 'ערב הסעודית', '🇸🇦'],
    ['new_zealand_2_years', 'ניו זילנד', '🇳🇿'],
    ['sri_lanka_month', 'סרי לנקה', '🇱🇰'],
  ])('V20: %s is told as %s %s', (name, hebrew, flag) => {
    expect(toldOf(buying(name)).slice(1, 3)).toEqual([hebrew, flag]);
  });

  it('V24: leaves out what was not filled in, and keeps each way to cross a border', () => {
    const applicant = {
      id: 'apl_1',
      passport: { dateOfIssue: '' },
      pastTravels: { SAARC: { visited: false, countries: [], year: null } },
    };
    const content = readOrder(
      viziOrder({ form: { entry: { date: '' }, applicants: [applicant], quantity: 1 } }),
      masterId,
    );
    expect(content).toMatchObject({ entryDate: null, warnings: [] });
    expect(detailsOf(content)).not.toHaveProperty('entry');
    expect(applicantsOf(content)).toEqual([{ id: 'apl_1', pastTravels: { SAARC: { visited: false } } }]);
    for (const crossing of [
      { type: 'land', border: 'Taba' },
      { type: 'sea', ship: 'MS Example' },
      { type: 'air', flight: 'XX123' },
    ]) {
      const crossed = readOrder(viziOrder({ form: { entry: { crossing } } }), masterId);
      expect(detailsOf(crossed)['entry']).toEqual({ date: '2026-03-05', crossing });
    }
  });

  it('V25: names no sex for a passport that shows names only', () => {
    expect(readOrder(buying('uk_2_years'), masterId).clientSex).toBeNull();
  });

  it('V28: keeps the coupon of an order, else the discount of its form', () => {
    const partner = { name: 'Example Club', email: 'club@example.test' };
    const coupon = {
      ...{ code: 'FREE', discount: 100, activation_count: 3, order_count: 2 },
      ...{ expiry: '2026-12-31T00:00:00.000Z', onetime: true, partner },
    };
    const free = readOrder(viziOrder({ order: { amount: 0, coupon } }), masterId);
    expect(detailsOf(free)['coupon']).toEqual({
      ...{ code: 'FREE', percent: 100, activationCount: 3, orderCount: 2 },
      ...{ expiry: '2026-12-31T00:00:00.000Z', onetime: true, partner },
    });
    const discounted = viziOrder({ form: { discount: { code: 'TEN', percent: 10 } } });
    expect(detailsOf(readOrder(discounted, masterId))['coupon']).toEqual({ code: 'TEN', percent: 10 });
  });
});
