import type { ApplicantPart } from './applicants.js';
import type { FormPart } from './form-parts.js';

export const countryKeys = ['india', 'uk', 'morocco', 'vietnam'] as const;
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

const namesOnly = [
  'nationality',
  'sex',
  'dateOfBirth',
  'countryOfBirth',
  'number',
  'dateOfIssue',
  'dateOfExpiry',
  'placeOfIssue',
];

export const countries: Readonly<Record<CountryKey, Country>> = {
  india: {
    code: 'IN',
    formParts: ['entry', 'business', 'fileTransferMethod'],
    applicantParts: [
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
    passportOmits: [],
  },
  uk: {
    code: 'GB',
    formParts: ['fileTransferMethod'],
    applicantParts: ['address', 'occupation', 'crime', 'extraNationality', 'files'],
    passportOmits: namesOnly,
  },
  morocco: {
    code: 'MA',
    formParts: ['entry', 'fileTransferMethod'],
    applicantParts: ['occupationStatus', 'files'],
    passportOmits: ['placeOfIssue'],
  },
  vietnam: {
    code: 'VN',
    formParts: ['entry', 'hotel', 'emergencyContact', 'fileTransferMethod'],
    applicantParts: ['idNumber', 'address', 'extraNationality', 'occupation', 'religion', 'files'],
    passportOmits: ['placeOfIssue'],
  },
};
