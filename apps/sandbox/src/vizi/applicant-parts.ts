import { pick, type Random } from '../random.js';
import { dayFrom, digits, oddly, type OrderContext } from './order-context.js';

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
const maritalStatuses = ['single', 'married', 'divorced', 'widowed'] as const;

/** Whose parts are made. */
interface Owner {
  readonly id: string;
  readonly formId: string;
  readonly isMinor: boolean;
}

/** Fields of an applicant by name of the part (domain.md 1.9); each answers the keys it adds. */
export const applicantParts = {
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
      marital: marital(random, branch.nationality),
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
  marital: ({ random, branch }: OrderContext) => ({ marital: marital(random, branch.nationality) }),
  maritalStatus: ({ random }: OrderContext) => ({ maritalStatus: pick(random, maritalStatuses) }),
  cityOfBirth: () => ({ cityOfBirth: 'Exampleville' }),
  pastRejection: () => ({ pastRejection: '' }),
  visited: ({ random }: OrderContext) => ({ visited: random() < 0.3 }),
  lastTravel: (context: OrderContext) => ({
    lastTravel:
      context.random() < 0.5
        ? { traveled: true, country: 'ITA', from: dayFrom(context, -400), until: dayFrom(context, -390) }
        : { traveled: false, country: '', from: '', until: '' },
  }),
  // The year is a text here and a number in `pastTravels`.
  pastVisit: ({ random }: OrderContext) => ({
    pastVisit: pick(random, [
      { visited: true, year: '2018' },
      { visited: false, year: '' },
    ]),
  }),
  guardianPassport: ({ random }: OrderContext, { isMinor }: Owner) => ({
    guardianPassport: isMinor ? `X${digits(random, 8)}` : '',
  }),
  files: ({ product }: OrderContext, { id, formId }: Owner) => ({
    files: Object.fromEntries(
      fileKinds.map((kind) => {
        const url = `https://files.example.test/photos/${formId}/${id}-${kind}?sig=fake`;
        return [kind, product.photo_types?.includes(kind) === true ? url : ''];
      }),
    ),
  }),
} as const;

export type ApplicantPart = keyof typeof applicantParts;

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

function marital(random: Random, nationality: string): Record<string, unknown> {
  return pick(random, [
    { status: 'single', spouse: { name: '', countryOfBirth: '' } },
    { status: 'married', spouse: { name: 'ALEX LEDUGMA', countryOfBirth: nationality } },
  ]);
}
