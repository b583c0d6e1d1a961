import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** A customer's phone. `e164` is null when no valid number can be made of what was given; nothing is ever invented. */
export interface Phone {
  /** International number with plus (ITU-T E.164), e.g. "+972500000001". */
  readonly e164: string | null;
  readonly valid: boolean;
}

const invalid: Phone = { e164: null, valid: false };
const longestPart = 40;

/**
 * Reads a phone in the shapes the shop sends: `{ code, number }` with or without plus, `00`, leading zero, separators or
 * a number that already contains the code; or one string with the whole international number.
 *
 * Whether a leading code belongs to the number is decided by the full numbering plan (libphonenumber "max" data), never
 * by a prefix test: code "7" with number "7010000001" is a Kazakh mobile number and keeps both sevens.
 */
export function parsePhone(given: unknown): Phone {
  if (typeof given === 'string') return firstValid([international(given)]);
  if (typeof given !== 'object' || given === null) return invalid;
  const { code, number } = given as { code?: unknown; number?: unknown };
  const national = part(number);
  if (national === undefined) return invalid;
  const country = part(code)?.replace(/\D/g, '').replace(/^0+/, '') ?? '';
  return firstValid(candidates(country, national));
}

/** The number as CBB and Meta want it: digits without plus. */
export function phoneDigits(e164: string): string {
  return e164.replace(/\D/g, '');
}

function candidates(country: string, national: string): string[] {
  const digits = national.replace(/\D/g, '');
  if (/^\s*(\+|00)/.test(national)) {
    const whole = international(national);
    return country === '' ? [whole] : [whole, `+${country}${digits.replace(/^0+/, '')}`];
  }
  if (country === '') return [];
  const bare = digits.replace(/^0+/, '');
  const tried = [`+${country}${digits}`, `+${country}${bare}`];
  // Only a number that is complete without the code, and of that very code, may have contained it.
  if (bare.startsWith(country)) tried.push(`+${bare}`);
  return tried;
}

function international(text: string): string {
  return `+${text.replace(/\D/g, '').replace(/^00/, '')}`;
}

function part(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text.length > longestPart || !/\d/.test(text)) return undefined;
  return text;
}

function firstValid(tried: readonly string[]): Phone {
  for (const candidate of tried) {
    const parsed = parsePhoneNumberFromString(candidate);
    if (parsed?.isValid()) return { e164: parsed.number, valid: true };
  }
  return invalid;
}
