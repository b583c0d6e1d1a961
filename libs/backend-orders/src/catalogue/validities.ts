import { bareSpelling } from './spelling.js';

/** How long a document is valid: in days, in Hebrew for customers ("for a year") and in English for the CRM. */
export interface Validity {
  readonly key: string;
  readonly days: number;
  readonly hebrew: string;
  readonly english: string;
}

export const validities: readonly Validity[] = [
  { key: '2_weeks', days: 14, hebrew: 'לשבועיים', english: '2 weeks' },
  { key: '15_days', days: 15, hebrew: 'ל-15 ימים', english: '15 days' },
  { key: 'month', days: 30, hebrew: 'לחודש', english: '1 month' },
  { key: '2_months', days: 60, hebrew: 'לחודשיים', english: '2 months' },
  { key: '3_months', days: 90, hebrew: 'ל-3 חודשים', english: '3 months' },
  { key: '6_months', days: 180, hebrew: 'לחצי שנה', english: '6 months' },
  { key: 'year', days: 365, hebrew: 'לשנה', english: '1 year' },
  { key: '2_years', days: 730, hebrew: 'לשנתיים', english: '2 years' },
  { key: '3_years', days: 1_095, hebrew: 'ל-3 שנים', english: '3 years' },
  { key: '5_years', days: 1_825, hebrew: 'ל-5 שנים', english: '5 years' },
  { key: '10_years', days: 3_650, hebrew: 'ל-10 שנים', english: '10 years' },
];

const bySpelling = new Map(
  validities.flatMap((validity) => {
    const spellings = [validity.key, validity.english];
    return spellings.map((spelling) => [bareSpelling(spelling), validity] as const);
  }),
);

/** The validity a spelling stands for ("2 Years", "2-years", "1_month"), or undefined: there is no usual one. */
export function findValidity(spelling: string | null): Validity | undefined {
  return spelling === null ? undefined : bySpelling.get(bareSpelling(spelling));
}
