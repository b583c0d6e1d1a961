import type { ApplicantPart } from './applicant-parts.js';
import type { FormPart } from './form-parts.js';

export const countryKeys = [
  'india',
  'uk',
  'morocco',
  'vietnam',
  'canada',
  'new_zealand',
  'usa',
  'korea',
  'cambodia',
  'israel',
  'saudi_arabia',
  'bahrain',
  'indonesia',
  'sri_lanka',
  'togo',
  'thailand',
  'schengen',
] as const;
export type CountryKey = (typeof countryKeys)[number];

/** What a destination asks for beyond the common form (domain.md 1.6, 1.9): another destination is another entry. */
export interface Country {
  /** In order ids. */
  readonly code: string;
  readonly formParts: readonly FormPart[];
  readonly applicantParts: readonly ApplicantPart[];
  /** Of the full passport. */
  readonly passportOmits: readonly string[];
}

const complete: readonly string[] = [];
const noPlace = ['placeOfIssue'];
const noIssue = ['placeOfIssue', 'dateOfIssue'];
const namesOnly = [
  'nationality',
  'sex',
  'dateOfBirth',
  'countryOfBirth',
  'number',
  'dateOfExpiry',
  ...noIssue,
];

function country(
  code: string,
  passportOmits: readonly string[],
  formParts: readonly FormPart[],
  applicantParts: readonly ApplicantPart[],
): Country {
  return { code, passportOmits, formParts, applicantParts };
}

export const countries: Readonly<Record<CountryKey, Country>> = {
  india: country(
    'IN',
    complete,
    ['entry', 'business', 'fileTransferMethod'],
    [
      'extraNationality',
      'idNumber',
      'address',
      'religion',
      'crime',
      'family',
      'occupation',
      'military',
      'pastTravels',
      'files',
    ],
  ),
  uk: country(
    'GB',
    namesOnly,
    ['fileTransferMethod'],
    ['address', 'occupation', 'crime', 'extraNationality', 'files'],
  ),
  morocco: country('MA', noPlace, ['entry', 'fileTransferMethod'], ['occupationStatus', 'files']),
  vietnam: country(
    'VN',
    noPlace,
    ['entry', 'hotel', 'emergencyContact', 'fileTransferMethod'],
    ['idNumber', 'address', 'extraNationality', 'occupation', 'religion', 'files'],
  ),
  canada: country('CA', complete, ['entry'], ['address', 'occupation', 'marital', 'crime', 'pastTravels']),
  new_zealand: country('NZ', noIssue, ['entry', 'fileTransferMethod'], ['idNumber', 'cityOfBirth', 'files']),
  usa: country(
    'US',
    noPlace,
    ['emergencyContact', 'fileTransferMethod'],
    ['extraNationality', 'cityOfBirth', 'address', 'family', 'occupation', 'pastRejection', 'crime', 'files'],
  ),
  korea: country(
    'KR',
    noIssue,
    ['entry', 'stayAddress', 'children', 'fileTransferMethod'],
    ['address', 'extraNationality', 'cityOfBirth', 'visited', 'lastTravel', 'occupation', 'crime', 'files'],
  ),
  cambodia: country('KH', noPlace, ['entry', 'stayAddress', 'fileTransferMethod'], ['files']),
  israel: country(
    'IL',
    noPlace,
    ['entry', 'fileTransferMethod'],
    ['extraNationality', 'family', 'address', 'occupation', 'pastVisit', 'files'],
  ),
  saudi_arabia: country(
    'SA',
    complete,
    ['entry', 'fileTransferMethod'],
    ['address', 'maritalStatus', 'occupationStatus', 'religion', 'guardianPassport', 'files'],
  ),
  bahrain: country('BH', noPlace, ['fileTransferMethod'], ['occupation', 'files']),
  indonesia: country('ID', complete, ['stayAddress', 'fileTransferMethod'], ['files']),
  sri_lanka: country('LK', complete, ['entry', 'address', 'stayAddress'], []),
  togo: country(
    'TG',
    complete,
    ['entry', 'emergencyContact', 'stayAddress', 'fileTransferMethod'],
    ['address', 'family', 'occupationStatus', 'files'],
  ),
  thailand: country(
    'TH',
    complete,
    ['entry', 'stayAddress', 'fileTransferMethod'],
    ['extraNationality', 'cityOfBirth', 'maritalStatus', 'address', 'occupation', 'visited', 'files'],
  ),
  schengen: country('SC', noPlace, ['entry'], ['address', 'cityOfBirth', 'maritalStatus', 'occupation']),
};
