type Json = { readonly [key: string]: unknown };

/** What a destination asks for: parts of the form, parts of an applicant, and what its passport page leaves out. */
interface CountryForm {
  readonly code: string;
  readonly form: readonly FormPart[];
  readonly applicant: readonly ApplicantPart[];
  readonly passportOmits?: readonly string[];
}

const address = { line: '1 Example St', city: 'Exampleville', country: 'ISR' };
const occupation = {
  education: 'academic',
  status: 'employee',
  name: 'Example Ltd',
  seniority: '2-5',
  phone: { code: '972', number: '' },
  address: { ...address, line: '2 Work St' },
};

const formParts = {
  entry: { entry: { date: '2026-03-05', port: null } },
  flight: { entry: { date: '2026-03-05', port: 'SGN', crossing: { type: 'air', flight: 'XX123' } } },
  business: {
    business: {
      ...{ name: '', sector: '', website: '', phone: { code: '', number: '' } },
      address: { line: '', city: '', country: '' },
    },
  },
  hotel: { hotel: 'Example Hotel' },
  stayAddress: { stayAddress: 'Example Hotel' },
  address: { address },
  emergencyContact: {
    emergencyContact: {
      name: 'AVI LEDUGMA',
      phone: { code: '972', number: '0500000009' },
      relation: 'brother',
    },
  },
  children: { children: [{ name: 'NOA LEDUGMA', dateOfBirth: '2020-02-29', countryOfBirth: 'ISR' }] },
  files: { fileTransferMethod: 'form' },
} satisfies Record<string, Json>;
type FormPart = keyof typeof formParts;

const applicantParts = {
  nationality: { extraNationality: { status: 'none' } },
  formerNationality: { extraNationality: { status: 'past', country: 'ITA', until: '2010-01-01' } },
  secondNationality: { extraNationality: { status: 'present', country: 'ITA', acquiry: 'parents' } },
  idNumber: { idNumber: '000000018' },
  cityOfBirth: { cityOfBirth: 'Exampleville' },
  address: { address },
  setAddress: { address: { ...address, postalCode: '00000', setBy: 0 } },
  occupation: { occupation },
  work: { occupation: 'employee' },
  family: {
    family: {
      father: { name: 'AVI LEDUGMA', countryOfBirth: 'ISR' },
      mother: { name: 'RUTH LEDUGMA', countryOfBirth: 'ISR' },
      marital: { status: 'single', spouse: { name: '', countryOfBirth: '' } },
    },
  },
  marital: { marital: { status: 'married', spouse: { name: 'AVI LEDUGMA', countryOfBirth: 'ISR' } } },
  maritalStatus: { maritalStatus: 'single' },
  religion: { religion: 'judaism' },
  military: { military: { served: false, role: '', rank: '' } },
  crime: { crime: '' },
  pastTravels: {
    pastTravels: {
      pastVisit: { visited: true, pastVisa: { number: 'V1', dateOfIssue: '2019-05-01' } },
      rejection: '',
      SAARC: { visited: true, countries: ['NPL'], year: 2018 },
    },
  },
  pastRejection: { pastRejection: '' },
  lastTravel: { lastTravel: { traveled: true, country: 'JPN', from: '2024-01-01', until: '2024-01-20' } },
  pastVisit: { pastVisit: { visited: true, year: '2018' } },
  visited: { visited: false },
  guardian: { guardianPassport: 'X00000002' },
  files: { files: { face: 'https://files.example.test/photos/face?sig=fake', passport: '', card: '' } },
} satisfies Record<string, Json>;
type ApplicantPart = keyof typeof applicantParts;

const issue = ['placeOfIssue'];
const issueAndDay = ['placeOfIssue', 'dateOfIssue'];
const allButNames = [
  ...['nationality', 'sex', 'dateOfBirth', 'countryOfBirth', 'number', 'dateOfExpiry'],
  ...issueAndDay,
];

const countries: Readonly<Record<string, CountryForm>> = {
  india: {
    code: 'IN',
    form: ['entry', 'business', 'files'],
    applicant: [
      ...(['nationality', 'idNumber', 'address', 'religion', 'crime', 'family'] as const),
      ...(['occupation', 'military', 'pastTravels', 'files'] as const),
    ],
  },
  canada: {
    code: 'CA',
    form: ['entry'],
    applicant: ['address', 'occupation', 'marital', 'crime', 'pastTravels'],
  },
  sri_lanka: { code: 'LK', form: ['entry', 'address', 'stayAddress'], applicant: [] },
  morocco: { code: 'MA', form: ['entry', 'files'], applicant: ['work', 'files'], passportOmits: issue },
  new_zealand: {
    code: 'NZ',
    form: ['entry', 'files'],
    applicant: ['idNumber', 'cityOfBirth', 'files'],
    passportOmits: issueAndDay,
  },
  vietnam: {
    code: 'VN',
    form: ['flight', 'hotel', 'emergencyContact', 'files'],
    applicant: ['idNumber', 'address', 'nationality', 'occupation', 'religion', 'files'],
    passportOmits: issue,
  },
  usa: {
    code: 'US',
    form: ['emergencyContact', 'files'],
    applicant: [
      ...(['secondNationality', 'cityOfBirth', 'address', 'family', 'occupation'] as const),
      ...(['pastRejection', 'crime', 'files'] as const),
    ],
    passportOmits: issue,
  },
  korea: {
    code: 'KR',
    form: ['entry', 'stayAddress', 'children', 'files'],
    applicant: [
      ...(['address', 'nationality', 'cityOfBirth', 'visited', 'lastTravel'] as const),
      ...(['occupation', 'crime', 'files'] as const),
    ],
    passportOmits: issueAndDay,
  },
  cambodia: {
    code: 'KH',
    form: ['entry', 'stayAddress', 'files'],
    applicant: ['files'],
    passportOmits: issue,
  },
  israel: {
    code: 'IL',
    form: ['entry', 'files'],
    applicant: ['formerNationality', 'family', 'address', 'occupation', 'pastVisit', 'files'],
    passportOmits: issue,
  },
  saudi_arabia: {
    code: 'SA',
    form: ['entry', 'files'],
    applicant: ['address', 'maritalStatus', 'work', 'religion', 'guardian', 'files'],
  },
  bahrain: { code: 'BH', form: ['files'], applicant: ['occupation', 'files'], passportOmits: issue },
  indonesia: { code: 'ID', form: ['stayAddress', 'files'], applicant: ['files'] },
  uk: {
    code: 'GB',
    form: ['files'],
    applicant: ['setAddress', 'occupation', 'crime', 'nationality', 'files'],
    passportOmits: allButNames,
  },
  togo: {
    code: 'TG',
    form: ['entry', 'emergencyContact', 'stayAddress', 'files'],
    applicant: ['address', 'family', 'work', 'files'],
  },
  thailand: {
    code: 'TH',
    form: ['entry', 'stayAddress', 'files'],
    applicant: [
      ...(['nationality', 'cityOfBirth', 'maritalStatus', 'address', 'occupation'] as const),
      ...(['visited', 'files'] as const),
    ],
  },
  schengen: {
    code: 'SC',
    form: ['entry'],
    applicant: ['address', 'cityOfBirth', 'maritalStatus', 'occupation'],
    passportOmits: issue,
  },
};

/** The parts in which a country's form differs from the others', all invented, and its code in order ids. */
export function countryForm(key: string): {
  readonly code: string;
  readonly form: Json;
  readonly applicant: Json;
  readonly passportOmits: readonly string[];
} {
  const country = countries[key];
  if (!country) throw new Error(`No form is known for the country "${key}".`);
  return {
    code: country.code,
    form: Object.assign({}, ...country.form.map((part) => formParts[part])) as Json,
    applicant: Object.assign({}, ...country.applicant.map((part) => applicantParts[part])) as Json,
    passportOmits: country.passportOmits ?? [],
  };
}
