/** How long a document is valid, in Hebrew for customers and in English for the CRM. */
const validities = new Map<string, { readonly hebrew: string; readonly english: string }>([
  ['2_weeks', { hebrew: 'לשבועיים', english: '2 weeks' }],
  ['15_days', { hebrew: 'ל-15 ימים', english: '15 days' }],
  ['month', { hebrew: 'לחודש', english: '1 month' }],
  ['2_months', { hebrew: 'לחודשיים', english: '2 months' }],
  ['3_months', { hebrew: 'ל-3 חודשים', english: '3 months' }],
  ['6_months', { hebrew: 'לחצי שנה', english: '6 months' }],
  ['year', { hebrew: 'לשנה', english: '1 year' }],
  ['2_years', { hebrew: 'לשנתיים', english: '2 years' }],
  ['3_years', { hebrew: 'ל-3 שנים', english: '3 years' }],
  ['5_years', { hebrew: 'ל-5 שנים', english: '5 years' }],
  ['10_years', { hebrew: 'ל-10 שנים', english: '10 years' }],
]);

const intents = new Map<string | null, string>([
  ['tourism', 'תיירות'],
  [null, 'תיירות'],
  ['business', 'עסקים'],
  ['general', 'תיירות ועסקים'],
]);

export interface VisaKind {
  readonly productDocType?: string | null;
  readonly productIntent?: string | null;
  readonly productEntries?: string | null;
  readonly productValidity?: string | null;
}

/**
 * What was bought, in Hebrew ("תיירות, רב פעמית, לשנה"), or undefined when any part is unknown: then nothing is said
 * rather than something wrong.
 */
export function visaTextHebrew(visa: VisaKind): string | undefined {
  const validity = validities.get(visa.productValidity ?? '')?.hebrew;
  if (validity === undefined) return undefined;
  switch (visa.productDocType) {
    case 'eta':
      return `אישור נסיעה ${validity}`;
    case 'visa':
      return `ויזה ${validity}`;
    case 'evisa':
      return evisaText(visa, validity);
    default:
      return undefined;
  }
}

function evisaText(visa: VisaKind, validity: string): string | undefined {
  const intent = intents.get(visa.productIntent ?? null);
  const entries = visa.productEntries ?? 'single';
  if (intent === undefined || !['single', 'double', 'multiple'].includes(entries)) return undefined;
  return entries === 'multiple' ? `${intent}, רב פעמית, ${validity}` : `${intent} ${validity}`;
}

export function validityEnglish(validity: string | null): string | undefined {
  return validities.get(validity ?? '')?.english;
}
