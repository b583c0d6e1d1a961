import { wordKey } from './spelling.js';
import { findValidity } from './validities.js';

/** The shop's rule for a product that states no intent: it is for tourists. */
const unstatedIntent = 'tourism';

const intents = new Map<string, string>([
  ['tourism', 'תיירות'],
  ['business', 'עסקים'],
  ['general', 'תיירות ועסקים'],
]);

/** Entries that the text mentions; it is silent about the others, and about entries that are not known. */
const entries = new Map<string, string>([
  ['single', ''],
  ['double', ''],
  ['multiple', 'רב פעמית'],
]);

export interface VisaKind {
  readonly productDocType?: string | null;
  readonly productIntent?: string | null;
  readonly productEntries?: string | null;
  readonly productValidity?: string | null;
}

/**
 * What was bought, in Hebrew ("תיירות, רב פעמית, לשנה"), or undefined when any part that it tells is unknown: then
 * nothing is said rather than something wrong.
 */
export function visaTextHebrew(visa: VisaKind): string | undefined {
  const validity = findValidity(visa.productValidity ?? null)?.hebrew;
  if (validity === undefined) return undefined;
  switch (wordKey(visa.productDocType ?? '')) {
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
  const intent = intents.get(wordKey(visa.productIntent ?? unstatedIntent));
  const told = visa.productEntries == null ? '' : entries.get(wordKey(visa.productEntries));
  if (intent === undefined || told === undefined) return undefined;
  return told === '' ? `${intent} ${validity}` : `${intent}, ${told}, ${validity}`;
}

/** In English for the CRM. */
export function validityEnglish(validity: string | null): string | undefined {
  return findValidity(validity)?.english;
}
