import { describe, expect, it } from '@jest/globals';
import { branchKeys } from './branches.js';
import { countryKeys } from './countries.js';
import { makeOrder } from './orders.js';
import { products } from './products.js';
import { variantOptions } from './variants.js';

const keysOf = (value: unknown) => Object.keys(value as object).sort();
const words = (list: string) => list.split(' ').filter((word) => word !== '');

const everyForm = words(
  '_id id country client product quantity urgency termsAgreed orderId meta created_at updated_at applicants',
);
const fullPassport = words(
  'nationality firstName lastName sex dateOfBirth countryOfBirth number dateOfIssue dateOfExpiry placeOfIssue',
);

/** domain.md 1.6 and 1.9: destination, code in order ids, form, applicant, what the passport lacks. */
const asked: readonly (readonly [string, string, string, string, string])[] = [
  [
    'india',
    'IN',
    'entry business fileTransferMethod',
    'extraNationality idNumber address religion crime family occupation military pastTravels files',
    '',
  ],
  ['canada', 'CA', 'entry', 'address occupation marital crime pastTravels', ''],
  ['sri_lanka', 'LK', 'entry address stayAddress', '', ''],
  ['morocco', 'MA', 'entry fileTransferMethod', 'occupation files', 'placeOfIssue'],
  ['new_zealand', 'NZ', 'entry fileTransferMethod', 'idNumber cityOfBirth files', 'placeOfIssue dateOfIssue'],
  [
    'vietnam',
    'VN',
    'entry hotel emergencyContact fileTransferMethod',
    'idNumber address extraNationality occupation religion files',
    'placeOfIssue',
  ],
  [
    'usa',
    'US',
    'emergencyContact fileTransferMethod',
    'extraNationality cityOfBirth address family occupation pastRejection crime files',
    'placeOfIssue',
  ],
  [
    'korea',
    'KR',
    'entry stayAddress children fileTransferMethod',
    'address extraNationality cityOfBirth visited lastTravel occupation crime files',
    'placeOfIssue dateOfIssue',
  ],
  ['cambodia', 'KH', 'entry stayAddress fileTransferMethod', 'files', 'placeOfIssue'],
  [
    'israel',
    'IL',
    'entry fileTransferMethod',
    'extraNationality family address occupation pastVisit files',
    'placeOfIssue',
  ],
  [
    'saudi_arabia',
    'SA',
    'entry fileTransferMethod',
    'address maritalStatus occupation religion guardianPassport files',
    '',
  ],
  ['bahrain', 'BH', 'fileTransferMethod', 'occupation files', 'placeOfIssue'],
  ['indonesia', 'ID', 'stayAddress fileTransferMethod', 'files', ''],
  [
    'uk',
    'GB',
    'fileTransferMethod',
    'address occupation crime extraNationality files',
    'nationality sex dateOfBirth countryOfBirth number dateOfIssue dateOfExpiry placeOfIssue',
  ],
  [
    'togo',
    'TG',
    'entry emergencyContact stayAddress fileTransferMethod',
    'address family occupation files',
    '',
  ],
  [
    'thailand',
    'TH',
    'entry stayAddress fileTransferMethod',
    'extraNationality cityOfBirth maritalStatus address occupation visited files',
    '',
  ],
  ['schengen', 'SC', 'entry', 'address cityOfBirth maritalStatus occupation', 'placeOfIssue'],
];

const ordersOf = (country: string, count = 60) =>
  Array.from({ length: count }, (_, nth) =>
    makeOrder({ country: country as 'india', sequence: nth + 1, quirks: false }),
  );
const applicantsOf = (country: string) => ordersOf(country).flatMap(({ form }) => form.applicants);
const partsOf = (country: string, part: string) => applicantsOf(country).map((one) => one[part]);

describe('the form of a destination', () => {
  it('is known for every destination', () => {
    expect(asked.map(([country]) => country).sort()).toEqual([...countryKeys].sort());
    expect(countryKeys).toHaveLength(17);
  });

  it.each(asked)('%s (%s) has exactly its parts', (country, code, form, applicant, missing) => {
    for (const payload of ordersOf(country)) {
      const extras = [...words(form), ...('discount' in payload.form ? ['discount'] : [])];
      expect(keysOf(payload.form)).toEqual([...everyForm, ...extras].sort());
      expect(payload.order.id).toMatch(new RegExp(`^[A-Z]{2}260105${code}\\d+$`));
      const passport = fullPassport.filter((field) => !words(missing).includes(field)).sort();
      for (const one of payload.form.applicants) {
        expect(keysOf(one)).toEqual(['id', 'passport', ...words(applicant)].sort());
        expect(keysOf(one['passport'])).toEqual(passport);
        if ('files' in one) expect(keysOf(one['files'])).toHaveLength(10);
      }
    }
  });

  it.each(['morocco', 'saudi_arabia', 'togo'])('%s asks for one word of occupation', (country) => {
    expect(new Set(partsOf(country, 'occupation').map((value) => typeof value))).toEqual(new Set(['string']));
  });

  it('Korea lists the children who travel along, if any', () => {
    const children = ordersOf('korea').map(({ form }) => form['children'] as unknown[]);
    expect(new Set(children.map(({ length }) => length))).toEqual(new Set([0, 1, 2]));
    for (const child of children.flat())
      expect(keysOf(child)).toEqual(['countryOfBirth', 'dateOfBirth', 'name']);
  });

  it('Israel gives the year of an earlier visit as text', () => {
    const visits = partsOf('israel', 'pastVisit') as { visited: boolean; year: unknown }[];
    expect(new Set(visits.map(({ visited, year }) => `${visited} ${JSON.stringify(year)}`))).toEqual(
      new Set(['true "2018"', 'false ""']),
    );
  });

  it('Saudi Arabia asks for the passport of a guardian for minors, and takes more for the old', () => {
    const born = (one: Readonly<Record<string, unknown>>) =>
      (one['passport'] as { dateOfBirth: string }).dateOfBirth;
    const applicants = applicantsOf('saudi_arabia');
    const minors = applicants.filter((one) => born(one) > '2008-01-05');
    expect(minors.length).toBeGreaterThan(3);
    for (const one of applicants)
      expect(one['guardianPassport']).toMatch(minors.includes(one) ? /^X\d{8}$/ : /^$/);
    expect(applicants.filter((one) => born(one) <= '1966-01-05').length).toBeGreaterThan(3);
  });

  it('Schengen sells an earlier appointment, and Thailand has some pay at the consulate', () => {
    const products = ordersOf('schengen').map(({ form }) => form['product']);
    expect(products[0]).toMatchObject({
      docType: 'visa',
      fee_partial: true,
      six_months_stay_limit: 90,
      urgencies: [{ speed: '5_15_days', isAppointment: true }],
      instructions: [],
    });
    expect(products[0]).not.toHaveProperty('photo_types');
    expect(new Set(ordersOf('schengen').map(({ form }) => form.urgency))).toEqual(
      new Set(['none', '5_15_days']),
    );
    expect(makeOrder({ product: 'thailand_5_years' }).form['product']).toMatchObject({
      docName: 'DTV',
      consulate_payment_countries: ['ISR', 'RUS'],
    });
  });

  it('Togo wants the address of whoever to call, others what they are to the traveller', () => {
    const contact = (country: string) => keysOf(ordersOf(country, 1)[0]?.form['emergencyContact']);
    expect(contact('togo')).toEqual(['address', 'name', 'phone']);
    expect(contact('vietnam')).toEqual(['name', 'phone', 'relation']);
  });
});

describe('the catalogue', () => {
  const names = (country: string) =>
    products.filter((one) => one.country === country).map(({ name }) => name);

  it('has 36 products, each under a name of its own and with a price in every currency', () => {
    expect(new Set(products.map(({ name }) => name)).size).toBe(36);
    for (const { price, wait } of products) {
      expect(keysOf(price)).toEqual(['ils', 'kzt', 'rub', 'sek', 'usd']);
      expect(Object.values(price).every((amount) => amount > 0)).toBe(true);
      expect([1, 2, 3, 4, 5, 7, 10, 21, 30]).toContain(wait);
    }
  });

  it.each([
    ['korea', ['korea_3_years', 'korea_3_years_30_stay', 'korea_2_years']],
    ['saudi_arabia', ['saudi_arabia_year', 'saudi_arabia_6_months']],
    ['bahrain', ['bahrain_2_weeks', 'bahrain_3_months', 'bahrain_year']],
    ['indonesia', ['indonesia_2_months', 'indonesia_year', 'indonesia_2_years', 'indonesia_5_years']],
    ['togo', ['togo_15_days_single', 'togo_15_days_multi', 'togo_month', 'togo_3_months']],
    ['thailand', ['thailand_3_months', 'thailand_6_months', 'thailand_5_years']],
    ['schengen', ['schengen']],
  ])('sells for %s what the shop sells', (country, expected) => {
    expect(names(country)).toEqual(expected);
  });

  it('is sold whole, in every branch, by the variant of its name', () => {
    const sold = Array.from({ length: 180 }, (_, nth) => {
      const { form, order } = makeOrder({ ...variantOptions('catalogue', nth), sequence: nth + 1 });
      return `${order.branch.toLowerCase()} ${(form['product'] as { name: string }).name}`;
    });
    const all = branchKeys.flatMap((branch) => products.map(({ name }) => `${branch} ${name}`));
    expect(new Set(sold)).toEqual(new Set(all));
  });
});
