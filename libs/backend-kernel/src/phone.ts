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
 * by a prefix test: code "7" with number "7010000001" is a Kazakh mobile number and keeps both sevens. What can be read
 * as two different valid numbers is none.
 */
export function parsePhone(given: unknown): Phone {
  if (typeof given === 'string') {
    const whole = dialled(given);
    return asPhone(whole === undefined ? undefined : validNumber(international(whole)));
  }
  if (typeof given !== 'object' || given === null) return invalid;
  const { code, number } = given as { code?: unknown; number?: unknown };
  const national = dialled(number);
  if (national === undefined) return invalid;
  return asPhone(combine(dialled(code)?.replace(/^\+?0*/, '') ?? '', national));
}

/** The number as CBB and Meta want it: digits without plus. */
export function phoneDigits(e164: string): string {
  return e164.replace(/\D/g, '');
}

function combine(country: string, national: string): string | undefined {
  // A plus says that the code is there, whatever code stands beside it; `00` says so when that very code follows.
  const isWhole = national.startsWith('+') || national.startsWith(`00${country}`);
  const whole = isWhole ? validNumber(international(national)) : undefined;
  if (whole !== undefined || country === '') return whole;
  const digits = national.replace('+', '');
  const bare = digits.replace(/^0+/, '');
  const local = validNumber(`+${country}${digits}`) ?? validNumber(`+${country}${bare}`);
  const mayHoldCode = digits.startsWith('00') || bare.startsWith(country);
  return onlyOne([local, mayHoldCode ? validNumber(`+${bare}`) : undefined]);
}

function onlyOne(readings: readonly (string | undefined)[]): string | undefined {
  const numbers = new Set(readings.filter((reading) => reading !== undefined));
  return numbers.size === 1 ? [...numbers][0] : undefined;
}

function international(digits: string): string {
  return `+${digits.replace(/^(\+|00)/, '')}`;
}

/**
 * The digits of a part, with its plus if it has one. Undefined when there are none, or two runs of them with something
 * else in between: an extension or a second number must not be glued to the first.
 */
function dialled(part: unknown): string | undefined {
  const text = Number.isSafeInteger(part) ? String(part) : part;
  if (typeof text !== 'string' || text.length > longestPart) return undefined;
  return /^[^\d+]*(\+?\d+)[^\d+]*$/.exec(text.replace(/[\s().\-\p{Pd}\p{Cf}]/gu, ''))?.[1];
}

function validNumber(candidate: string): string | undefined {
  const parsed = parsePhoneNumberFromString(candidate);
  return parsed?.isValid() ? parsed.number : undefined;
}

function asPhone(e164: string | undefined): Phone {
  return e164 === undefined ? invalid : { e164, valid: true };
}
