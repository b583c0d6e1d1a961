import { describe, expect, it } from '@jest/globals';
import { applicantIds } from './applicant-ids.js';
import { readApplicants } from './applicants.js';
import { Part } from './part.js';
import { Reading } from '../read-field.js';

type Json = Readonly<Record<string, unknown>>;

function read(...applicants: unknown[]) {
  const reading = new Reading();
  const { bytes, ...rest } = readApplicants(Part.of({ applicants }, '', reading), reading);
  return { ...rest, bytes, list: JSON.parse(String(bytes)) as Json[], warnings: reading.warnings };
}
const id = 'apl_1';

describe('an applicant of any form', () => {
  it.each<[string, Json, Json]>([
    ['an occupation that is one word', { occupation: 'Employee' }, { occupation: { status: 'employee' } }],
    [
      'an occupation that is a story',
      { occupation: { status: 'student', name: '' } },
      { occupation: { status: 'student' } },
    ],
    ['a marital status of one word', { maritalStatus: 'single' }, { marital: { status: 'single' } }],
    [
      'a marriage',
      { marital: { status: 'married', spouse: { name: 'AVI', countryOfBirth: 'isr' } } },
      { marital: { status: 'married', spouse: { name: 'AVI', countryOfBirth: 'ISR' } } },
    ],
    [
      'a year in words',
      { pastVisit: { visited: true, year: '2018' } },
      { pastVisit: { visited: true, year: 2018 } },
    ],
    ['no year', { pastVisit: { visited: false, year: '' } }, { pastVisit: { visited: false } }],
    ['a number as id', { idNumber: '000000018' }, { idNumber: '000000018' }],
    [
      'what was visited',
      { visited: true, lastTravel: { traveled: false } },
      { visited: true, lastTravel: { traveled: false } },
    ],
    [
      'nothing filled in',
      { crime: '', religion: '', military: { served: false, role: '' } },
      { military: { served: false } },
    ],
    [
      'files that are there',
      { files: { passport: 'https://files.example.test/p?sig=fake', face: '', card: null } },
      { files: { passport: 'https://files.example.test/p?sig=fake' } },
    ],
    ['countries in any case', { passport: { nationality: 'isr' } }, { passport: { nationality: 'ISR' } }],
    ['what nobody knows', { zodiac: { sign: 'lion' }, empty: {} }, { other: { zodiac: { sign: 'lion' } } }],
  ])('is read alike: %s', (_name, given, expected) => {
    const { list, warnings } = read({ id, ...given });
    expect(list).toEqual([{ id, ...expected }]);
    expect(warnings).toEqual([]);
  });

  it.each<[Json, string]>([
    [{ passport: { dateOfBirth: '1990-02-30' } }, 'passport.dateOfBirth:not-a-day'],
    [{ passport: { dateOfBirth: '01/04/1990' } }, 'passport.dateOfBirth:not-a-day'],
    [{ passport: { nationality: 'Israel' } }, 'passport.nationality:not-a-country-code'],
    [{ passport: { sex: 'x' } }, 'passport.sex:unknown'],
    [{ passport: 'none' }, 'passport:not-an-object'],
    [{ passport: { firstName: ['A'] } }, 'passport.firstName:not-text'],
    [{ visited: 'yes' }, 'visited:not-yes-or-no'],
    [{ pastVisit: { year: 'long ago' } }, 'pastVisit.year:not-a-year'],
    [{ pastTravels: { SAARC: { year: 18 } } }, 'pastTravels.SAARC.year:not-a-year'],
    [{ pastTravels: { SAARC: { countries: 'NPL' } } }, 'pastTravels.SAARC.countries:not-a-list'],
    [{ files: { face: 7 } }, 'files:not-text'],
    [{ files: { face: `https://files.example.test/${'a'.repeat(9_000)}` } }, 'files:too-long'],
  ])('leaves out what cannot be, and says so: %j', (given, warning) => {
    const { list, warnings } = read({ id: 'apl_0' }, { id, ...given });
    expect(list).toEqual([{ id: 'apl_0' }, { id }]);
    expect(warnings).toEqual([`applicants[1].${warning}`]);
  });

  it.each<[Json, string]>([
    [{ dateOfBirth: '1990-04-01', dateOfIssue: '1980-01-01' }, 'dateOfIssue:before-birth'],
    [{ dateOfIssue: '2021-02-10', dateOfExpiry: '2020-02-09' }, 'dateOfExpiry:before-issue'],
    [{ dateOfBirth: '1990-04-01', dateOfExpiry: '1989-01-01' }, 'dateOfExpiry:before-birth'],
    [{ dateOfBirth: '1990-03-31T21:00:00.000Z' }, 'dateOfBirth:has-a-time'],
  ])('keeps days of a passport that do not fit together, and says so: %j', (passport, warning) => {
    const { list, warnings } = read({ id, passport });
    expect(Object.keys(list[0]?.['passport'] as Json)).toEqual(Object.keys(passport));
    expect(warnings).toEqual([`applicants[0].passport.${warning}`]);
  });

  it('wonders at no days that are one', () => {
    const [day, before] = ['2021-02-10', '2021-02-09'];
    const passports = [
      { dateOfBirth: day, dateOfIssue: day, dateOfExpiry: day },
      { dateOfExpiry: before },
      { dateOfBirth: before, dateOfIssue: day },
    ];
    for (const passport of passports) expect(read({ id, passport })).toMatchObject({ warnings: [] });
  });

  it('keeps a number where text belongs, though its leading zeros are gone', () => {
    const { list, warnings } = read({ id, idNumber: 18 });
    expect(list).toEqual([{ id, idNumber: '18' }]);
    expect(warnings).toEqual(['applicants[0].idNumber:text-as-number']);
  });

  it('takes the days as they are written, in whatever zone the machine is', () => {
    const passport = { dateOfBirth: '2020-02-29', dateOfExpiry: '2031-02-09T00:00:00.000Z' };
    expect(read({ id, passport }).list[0]?.['passport']).toEqual({
      dateOfBirth: '2020-02-29',
      dateOfExpiry: '2031-02-09',
    });
  });
});

describe('the files of an applicant', () => {
  it('are addresses in alphabetical order, trimmed, at most eight thousand characters long', () => {
    const address = 'https://files.example.test/'.padEnd(8_000, 'a');
    const files = {
      passport: ` ${address} `,
      face: 'f',
      card: `${address}a`,
      blank: '  ',
      'od\u0000d': 'x\u0000',
    };
    const { list, warnings } = read({ id, files });
    expect(JSON.stringify(list[0]?.['files'])).toBe(
      JSON.stringify({ face: 'f', odd: 'x', passport: address }),
    );
    expect(warnings).toEqual(['applicants[0].files:too-long']);
  });
});

describe('all applicants of a form', () => {
  it('are kept without an id, though no notice will find them', () => {
    const { list, warnings } = read({ id }, { visited: true }, { id: '' });
    expect(list).toEqual([{ id }, { visited: true }, {}]);
    expect(warnings).toEqual(['applicants[1].id:missing', 'applicants[2].id:missing']);
  });

  it('are counted without what is no applicant', () => {
    expect(read({ id }, null, 'two', { id: 'apl_2', passport: { sex: 'm' } })).toMatchObject({
      count: 2,
      sex: null,
      warnings: ['applicants[1]:not-an-object', 'applicants[2]:not-an-object'],
    });
  });

  it('are equal bytes when they are equal, in whatever order their fields came', () => {
    const one = { id, passport: { sex: 'f', nationality: 'ISR' }, b: { x: 1, y: [2] }, a: 1 };
    const other = { a: 1, b: { y: [2], x: 1 }, passport: { nationality: 'ISR', sex: 'f' }, id };
    expect(read(other).bytes?.equals(read(one).bytes!)).toBe(true);
  });

  it('are too many bytes to keep beyond a megabyte', () => {
    const files = { face: `https://files.example.test/${'a'.repeat(7_000)}` };
    const { bytes, count, warnings } = read(
      ...Array.from({ length: 200 }, (_, i) => ({ id: `apl_${i}`, files })),
    );
    expect([bytes, count, warnings]).toEqual([null, 200, ['applicants:too-large']]);
  });

  it('say no more than fifty things that are odd, then that there are more', () => {
    const { warnings } = read(...Array.from({ length: 200 }, () => ({ id, visited: 'yes' })));
    expect(warnings).toHaveLength(51);
    expect(warnings.at(-1)).toBe('warnings:more');
  });

  it('have ids by which notices find their order, each once', () => {
    const { bytes } = read({ id }, {}, { id: 'apl_2' }, { id });
    expect(applicantIds(bytes)).toEqual([id, 'apl_2']);
    expect([null, undefined].map((nobody) => applicantIds(nobody))).toEqual([[], []]);
    const crowd = read(...Array.from({ length: 1_001 }, (_, i) => ({ id: `a${i}` })));
    expect(applicantIds(crowd.bytes)).toHaveLength(1_000);
  });

  it('have no id that notices could name where theirs is none, or longer than any', () => {
    const [longest, longer] = ['a'.repeat(200), 'b'.repeat(201)];
    const list = [{ id: longest }, { id: longer }, { id: '' }, { id: 7 }, {}, 'apl_1', null, [id], { id }];
    expect(applicantIds(Buffer.from(JSON.stringify(list)))).toEqual([longest, id]);
  });
});
