import { describe, expect, it } from '@jest/globals';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { branchKeys } from './branches.js';
import { countryKeys } from './countries.js';
import { changeEmail, makeOrder, phoneDigits } from './orders.js';
import { products } from './products.js';

const many = Array.from({ length: 2_000 }, (_, index) => makeOrder({ seed: 7, sequence: index + 1 }));
const at = new Date('2026-03-01T10:00:00.000Z');

describe('makeOrder', () => {
  it('makes the same order from the same seed and sequence, another from another', () => {
    expect(makeOrder({ seed: 3, sequence: 9 })).toEqual(makeOrder({ seed: 3, sequence: 9 }));
    expect(makeOrder({ seed: 4, sequence: 9 })).not.toEqual(makeOrder({ seed: 3, sequence: 9 }));
  });

  it('gives each order an id, form, applicant and payment of its own', () => {
    expect(new Set(many.map(({ order }) => order.id)).size).toBe(many.length);
    expect(new Set(many.map(({ form }) => form.id)).size).toBe(many.length);
    const applicants = many.flatMap(({ form }) => form.applicants.map((one) => one['id']));
    expect(new Set(applicants).size).toBe(applicants.length);
  });

  it('writes ids by the grammar of the shop', () => {
    for (const { form, order } of many) {
      expect(order.id).toMatch(
        /^(IL|CO|SE|RU|KZ)260105(IN|GB|MA|VN|IL|US|KR|SA|CA|NZ|LK|KH|BH|ID|TG|TH|SC)\d+$/,
      );
      expect(order.id.slice(0, 2)).toBe(order.branch.toUpperCase());
      expect(order.form_id).toBe(form.id);
      expect(form.id).toMatch(/^frm_[A-Za-z0-9_-]{12}$/);
    }
    expect(makeOrder({ branch: 'il', country: 'india', sequence: 10, test: true }).order.id).toBe(
      'IL260105IN10-TEST',
    );
    expect(makeOrder({ branch: 'ru', country: 'uk', sequence: 2, at }).order.id).toBe('RU260301GB2');
  });

  it.each(branchKeys)('gives %s phones that are valid and different', (branch) => {
    const phones = many.map((_, index) => phoneDigits(branch, index * 1_999));
    expect(new Set(phones).size).toBe(phones.length);
    for (const phone of phones) expect(parsePhoneNumberFromString(`+${phone}`)?.isValid()).toBe(true);
  });

  it('sends each phone in shapes that still hold its digits', () => {
    const shapes = new Set<string>();
    for (let sequence = 1; sequence <= 200; sequence += 1) {
      const { phone } = makeOrder({ branch: 'il', sequence }).form.client;
      const national = phoneDigits('il', sequence).slice(3);
      expect(JSON.stringify(phone).replace(/\D/g, '')).toContain(national);
      shapes.add(JSON.stringify(phone).replace(/\d/g, '0'));
    }
    expect(shapes.size).toBeGreaterThanOrEqual(6);
  });

  it('mixes branches, destinations, products, consent and oddities', () => {
    const seen = (value: (order: (typeof many)[number]) => unknown) => new Set(many.map(value));
    expect(seen(({ order }) => order.branch.toLowerCase())).toEqual(new Set(branchKeys));
    expect(seen(({ form }) => form.country)).toEqual(new Set(countryKeys));
    expect(seen(({ form }) => (form['product'] as { name: string }).name)).toEqual(
      new Set(products.map(({ name }) => name)),
    );
    expect(seen(({ form }) => form.client.whatsappAlertsEnabled)).toEqual(new Set([true, false, undefined]));
    expect(seen(({ order }) => order.branch === order.branch.toUpperCase())).toEqual(new Set([true, false]));
    expect(seen(({ form }) => form.client.name.endsWith(' '))).toEqual(new Set([true, false]));
    expect(seen(({ form }) => form.urgency).size).toBeGreaterThan(4);
  });

  it('charges price times quantity plus urgency and age in the currency of the branch', () => {
    let charged = 0;
    for (const { form, order } of many) {
      const product = products.find(({ name }) => name === (form['product'] as { name: string }).name);
      const currency = order.currency.toLowerCase() as 'ils';
      const fee = product?.urgencies?.find(({ speed }) => speed === form.urgency)?.fee[currency] ?? 0;
      const elders = form.country === 'saudi_arabia' ? bornUntil('1966-01-05', form.applicants) : 0;
      charged += elders;
      const ofAge = elders * { ils: 180, usd: 50, sek: 504, rub: 5040, kzt: 30960 }[currency];
      const full = (product?.price[currency] ?? 0) * form.quantity + fee + ofAge;
      expect(order.amount).toBeCloseTo(order.coupon === null ? full : full * 0.9, 2);
    }
    expect(charged).toBeGreaterThan(10);
  });

  it('takes what it is told: consent, phone, e-mail, product, no oddities', () => {
    const { form, order } = makeOrder({
      branch: 'il',
      product: 'india_tourist_year',
      consent: 'missing',
      phone: null,
      email: 'dana.example@example.test',
      applicants: 2,
      quirks: false,
    });
    expect(form.client).not.toHaveProperty('whatsappAlertsEnabled');
    expect(form.client.phone).toBeNull();
    expect(form.client.email).toBe('dana.example@example.test');
    expect(form.country).toBe('india');
    expect(form.applicants).toHaveLength(2);
    expect(order.branch).toBe('il');
    expect(() => makeOrder({ product: 'atlantis_year' })).toThrow('no product is called atlantis_year');
  });

  it('changes the e-mail of an order and nothing else', () => {
    const original = makeOrder({ email: 'one@example.test' });
    const changed = changeEmail(original);
    expect(changed.form.client.email).toBe('changed.one@example.test');
    expect(changed.order).toEqual(original.order);
    expect({ ...changed.form, client: original.form.client }).toEqual(original.form);
  });
});

function bornUntil(day: string, applicants: readonly Readonly<Record<string, unknown>>[]): number {
  return applicants.filter(({ passport }) => (passport as { dateOfBirth: string }).dateOfBirth <= day).length;
}
