import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { readOrder } from '../order.js';
import { Reading } from '../read-field.js';
import { readApplicants } from './applicants.js';
import { Part } from './part.js';

type Json = Readonly<Record<string, unknown>>;

const phone = { code: '972', number: '0500000001' };
const address = { line: '1 Example St', city: 'Exampleville', country: 'ISR', postalCode: '01234', setBy: 2 };
const relative = (name: string) => ({ name, dateOfBirth: '1960-02-29', countryOfBirth: 'ISR' });
const passport = {
  ...{ nationality: 'ISR', firstName: 'DANA', lastName: 'LEDUGMA', sex: 'f', dateOfBirth: '1990-04-01' },
  ...{ countryOfBirth: 'ISR', number: 'X00000001', dateOfIssue: '2021-02-10', dateOfExpiry: '2031-02-09' },
  placeOfIssue: 'Exampleville',
};

/** Each answer that any country's form asks for, spelled as we keep it. */
const applicant = {
  id: 'apl_1',
  passport,
  extraNationality: {
    ...{ status: 'past', country: 'FRA', from: '1990', until: '2010', acquiry: 'birth' },
  },
  idNumber: '000000018',
  cityOfBirth: 'Exampleville',
  address,
  occupation: {
    ...{ education: 'academic', status: 'employee', name: 'Example Ltd', seniority: '2-5', phone, address },
  },
  family: {
    father: relative('AVI'),
    mother: relative('NOA'),
    marital: { status: 'married', spouse: relative('GIL') },
  },
  marital: { status: 'married', spouse: relative('GIL') },
  religion: 'judaism',
  military: { served: true, role: 'medic', rank: 'sergeant' },
  crime: 'none at all',
  pastTravels: {
    pastVisit: { visited: true, pastVisa: { number: '0012', dateOfIssue: '2019-05-01' } },
    rejection: 'once, in 2015',
    SAARC: { visited: true, countries: ['NPL', 'BTN'], year: 2_018 },
  },
  pastRejection: 'never',
  lastTravel: { traveled: true, country: 'NPL', from: '2018-01', until: '2018-02' },
  pastVisit: { visited: true, year: 2_018 },
  visited: true,
  guardianPassport: '00000002',
  files: { face: 'https://files.example.test/face?sig=fake', passport: 'https://files.example.test/p' },
};

const form = {
  termsAgreed: true,
  entry: {
    date: '2026-03-05',
    port: 'DEL',
    crossing: { type: 'air', border: 'Example Gate', ship: 'MS Example', flight: 'XX123' },
  },
  business: { name: 'Example', sector: 'software', website: 'https://example.test', phone, address },
  hotel: 'Example Hotel',
  stayAddress: '2 Example St',
  address,
  emergencyContact: { name: 'AVI', phone, address, relation: 'brother' },
  children: [relative('TAL')],
  fileTransferMethod: 'form',
};

function read(...applicants: unknown[]) {
  const reading = new Reading();
  const { bytes } = readApplicants(Part.of({ applicants }, '', reading), reading);
  return { list: JSON.parse(String(bytes)) as Json[], warnings: reading.warnings };
}
const detailsOf = (changes: Json) => {
  const { details, warnings } = readOrder(viziOrder(changes), 'IL260105IN10');
  return { details: JSON.parse(String(details)) as Json, warnings };
};
const id = 'apl_1';

describe('every answer that a form can hold', () => {
  it('is kept under its name, of an applicant', () => {
    expect(read(applicant)).toEqual({ list: [applicant], warnings: [] });
  });

  it('is left out where it is empty, of an applicant', () => {
    const empty = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, empty(part)]))
        : '';
    expect(read({ ...(empty(applicant) as Json), id })).toEqual({ list: [{ id }], warnings: [] });
  });

  it('is kept under its name, of the form', () => {
    const client = { phone };
    const order = { coupon: { code: 'TEN', discount: 0 } };
    const times = { created_at: '2026-01-04T18:40:11.120Z', updated_at: '2026-01-05T09:00:44.903Z' };
    const { details, warnings } = detailsOf({ order, form: { ...form, ...times, client, discount: {} } });
    const { product, meta } = viziOrder().form as Record<string, Json>;
    expect(details).toEqual({
      ...form,
      ...{ phone, product, meta, coupon: { code: 'TEN', percent: 0 } },
      ...{ createdAt: times.created_at, updatedAt: times.updated_at },
      other: { _id: '66c000000000000000000a01' },
    });
    expect(warnings).toEqual([]);
  });

  it.each(Object.keys(passport))('is not the whole person: %s may be all that is known', (field) => {
    const known = { [field]: passport[field as keyof typeof passport] };
    expect(read({ id, passport: known })).toEqual({ list: [{ id, passport: known }], warnings: [] });
  });
});

describe('what an answer may look like', () => {
  it.each([
    ['1899', undefined, ['not-a-year']],
    ['1900', 1_900, []],
    [2_200, 2_200, []],
    [2_201, undefined, ['not-a-year']],
    [2_018.5, undefined, ['not-a-year']],
    ['20180', undefined, ['not-a-year']],
    ['in 2018', undefined, ['not-a-year']],
    [0, undefined, []],
    [null, undefined, []],
    [true, undefined, ['not-a-year']],
  ])('is a year between 1900 and 2200: %j', (year, expected, problems) => {
    const { list, warnings } = read({ id, pastVisit: { visited: true, year } });
    expect((list[0]?.['pastVisit'] as Json)['year']).toBe(expected);
    expect(warnings).toEqual(problems.map((problem) => `applicants[0].pastVisit.year:${problem}`));
  });

  it.each([
    ['isr', 'ISR', 'ISR'],
    ['is', undefined, 'is'],
    ['Israel', undefined, 'Israel'],
    ['is1', undefined, 'is1'],
    [' FRA ', 'FRA', 'FRA'],
    ['', undefined, undefined],
  ])('is a country by three letters in a passport, any words in an address: %j', (given, country, place) => {
    const { list } = read({ id, passport: { nationality: given }, address: { country: given } });
    expect((list[0]?.['passport'] as Json | undefined)?.['nationality']).toBe(country);
    expect((list[0]?.['address'] as Json | undefined)?.['country']).toBe(place);
  });

  it.each(['none', 'past', 'present', 'Past'])(
    'is one of the known states of a nationality: %s',
    (status) => {
      const { list, warnings } = read({ id, extraNationality: { status } });
      expect(list[0]?.['extraNationality']).toEqual({ status: status.toLowerCase() });
      expect(warnings).toEqual([]);
    },
  );

  it('is kept with a warning where it is newer than the list', () => {
    const { list, warnings } = read({ id, extraNationality: { status: 'pending' } });
    expect(list[0]?.['extraNationality']).toEqual({ status: 'pending' });
    expect(warnings).toEqual(['applicants[0].extraNationality.status:unknown']);
  });

  it.each([
    [['npl', ' Btn ', ''], ['NPL', 'BTN'], ['not-text']],
    [[7, null, 'NPL'], ['NPL'], ['not-text']],
    [['NPL'], ['NPL'], []],
    [[], undefined, []],
    ['', undefined, []],
    [null, undefined, []],
    [{}, undefined, ['not-a-list']],
  ])('is a list of countries without what is none: %j', (countries, expected, problems) => {
    const { list, warnings } = read({ id, pastTravels: { SAARC: { visited: true, countries } } });
    expect(list[0]?.['pastTravels']).toEqual({ SAARC: { visited: true, countries: expected } });
    expect(warnings).toEqual(
      problems.map((problem) => `applicants[0].pastTravels.SAARC.countries:${problem}`),
    );
  });

  it.each(['form', 'email', 'whatsapp', 'later'])('is one of the known ways of files: %s', (way) => {
    const { details, warnings } = detailsOf({ form: { fileTransferMethod: way } });
    expect([details['fileTransferMethod'], warnings]).toEqual([way, []]);
  });

  it.each(['land', 'sea', 'air'])('is one of the known ways across a border: %s', (type) => {
    expect(detailsOf({ form: { entry: { crossing: { type } } } }).warnings).toEqual([]);
  });

  it.each([
    [0, 0, []],
    [100, 100, []],
    [12.5, 12.5, []],
    [100.5, undefined, ['not-a-percentage']],
    [-1, undefined, ['not-a-percentage']],
    ['10', undefined, ['not-a-percentage']],
    ['', undefined, []],
    [undefined, undefined, []],
  ])('is a discount of at most everything: %j', (discount, percent, problems) => {
    const { details, warnings } = detailsOf({ order: { coupon: { code: 'TEN', discount } } });
    expect(details['coupon']).toEqual({ code: 'TEN', percent });
    expect(warnings).toEqual(problems.map((problem) => `coupon.discount:${problem}`));
  });

  it('is a story of at most four thousand characters, a name of at most five hundred', () => {
    const [story, name] = ['s'.repeat(4_000), 'n'.repeat(500)];
    const { list, warnings } = read({
      ...{ id, crime: story, pastRejection: `${story}s` },
      ...{ cityOfBirth: name, passport: { firstName: `${name}n` } },
    });
    const kept = { id, crime: story, pastRejection: story, cityOfBirth: name, passport: { firstName: name } };
    expect(list).toEqual([kept]);
    expect(warnings).toEqual([
      'applicants[0].passport.firstName:too-long',
      'applicants[0].pastRejection:too-long',
    ]);
  });
});
