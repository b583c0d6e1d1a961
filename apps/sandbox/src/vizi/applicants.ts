import { between, pick } from '../random.js';
import { dayFrom, digits, oddly, type OrderContext, shopId } from './order-context.js';
import { type Person, somebody } from './people.js';

const fileKinds = [
  'face',
  'passport',
  'card',
  'invitation',
  'return_ticket',
  'booking',
  'bank',
  'address_proof',
  'occupation',
  'travel_ticket',
] as const;
const workStatuses = ['employee', 'self_employed', 'retired', 'unemployed', 'student', 'underage'] as const;

interface Owner {
  readonly id: string;
  readonly formId: string;
}

/** Fields of an applicant by name of the part (domain.md 1.9); each answers the keys it adds. */
const applicantParts = {
  extraNationality: ({ random }: OrderContext) => ({
    extraNationality: pick(random, [
      { status: 'none' },
      { status: 'none' },
      { status: 'past', country: 'ITA', from: '1990-01-01', until: '2005-06-30', acquiry: 'birth' },
      { status: 'present', country: 'ITA', acquiry: 'parents' },
    ]),
  }),
  idNumber: ({ random }: OrderContext) => ({ idNumber: digits(random, 9) }),
  address: (context: OrderContext) => ({ address: address(context, '1 Example St') }),
  religion: ({ random }: OrderContext) => ({
    religion: pick(random, ['judaism', 'christianity', 'islam', 'hindu', 'other']),
  }),
  crime: () => ({ crime: '' }),
  family: ({ random, branch }: OrderContext) => ({
    family: {
      father: { name: 'AVI LEDUGMA', countryOfBirth: branch.nationality },
      mother: { name: 'RUTH LEDUGMA', countryOfBirth: branch.nationality },
      marital: pick(random, [
        { status: 'single', spouse: { name: '', countryOfBirth: '' } },
        { status: 'married', spouse: { name: 'ALEX LEDUGMA', countryOfBirth: branch.nationality } },
      ]),
    },
  }),
  occupation: (context: OrderContext) => ({ occupation: occupation(context) }),
  // Some destinations ask only for the word.
  occupationStatus: ({ random }: OrderContext) => ({ occupation: pick(random, workStatuses) }),
  military: ({ random }: OrderContext) => ({
    military: pick(random, [
      { served: true, role: 'office', rank: 'sergeant' },
      { served: false, role: '', rank: '' },
    ]),
  }),
  pastTravels: (context: OrderContext) => ({
    pastTravels: {
      pastVisit: { visited: false, pastVisa: { number: '', dateOfIssue: '' } },
      rejection: '',
      SAARC: { visited: false, countries: [], year: oddly(context, 0.3) ? null : 0 },
    },
  }),
  files: ({ product }: OrderContext, { id, formId }: Owner) => ({
    files: Object.fromEntries(
      fileKinds.map((kind) => {
        const url = `https://files.example.test/photos/${formId}/${id}-${kind}?sig=fake`;
        return [kind, product.photo_types.includes(kind) ? url : ''];
      }),
    ),
  }),
} as const;

export type ApplicantPart = keyof typeof applicantParts;

export function makeApplicant(
  context: OrderContext,
  formId: string,
  person: Person,
): Record<string, unknown> {
  const id = shopId('apl', context);
  const parts = context.country.applicantParts.map((part) => applicantParts[part](context, { id, formId }));
  return Object.assign({ id, passport: passport(context, person) }, ...parts);
}

/** Whoever travels along. */
export function companion(context: OrderContext): Person {
  return somebody(context.random, context.branch.script);
}

function passport(context: OrderContext, { firstName, lastName, sex }: Person): Record<string, unknown> {
  const { random, branch, country } = context;
  const issuedDaysAgo = between(random, 100, 1_500);
  const full: Record<string, unknown> = {
    nationality: branch.nationality,
    firstName,
    lastName,
    sex,
    dateOfBirth: dayFrom(context, -between(random, 7_000, 25_000)),
    countryOfBirth: branch.nationality,
    number: `X${digits(random, 8)}`,
    dateOfIssue: oddly(context, 0.03) ? '' : dayFrom(context, -issuedDaysAgo),
    dateOfExpiry: dayFrom(context, 3_652 - issuedDaysAgo),
    placeOfIssue: branch.nationality,
  };
  return Object.fromEntries(Object.entries(full).filter(([field]) => !country.passportOmits.includes(field)));
}

function address(context: OrderContext, line: string): Record<string, unknown> {
  const base = { line, city: 'Exampleville', country: context.branch.nationality };
  return context.product.country === 'uk' ? { ...base, postalCode: '00000', setBy: 0 } : base;
}

function occupation(context: OrderContext): Record<string, unknown> {
  const status = pick(context.random, workStatuses);
  const works = status === 'employee' || status === 'self_employed';
  return {
    education: pick(context.random, ['highschool', 'professional', 'academic', 'other']),
    status,
    name: works ? 'Example Ltd' : '',
    seniority: works ? '2-5' : '0-1',
    phone: { code: context.branch.phone.code, number: '' },
    address: works ? address(context, '2 Work St') : { line: '', city: '', country: '' },
  };
}
