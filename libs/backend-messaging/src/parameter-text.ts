/**
 * Texts as parameters of a template. The templates are Hebrew, so a Latin word inside a Hebrew parameter would pull the
 * characters around it to its wrong side; isolating it (U+2068 … U+2069) is what the standard advises.
 * https://www.unicode.org/reports/tr9/#Markup_And_Formatting
 */
const open = '\u2068';
const close = '\u2069';

const rightToLeftLetter =
  '[\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}]';
/** Letters written from left to right: Latin above all, in names also Cyrillic and others. */
const latinLetter = `[\\p{L}--${rightToLeftLetter}]`;
const word = `[${latinLetter}0-9](?:[${latinLetter}0-9\\p{M}]|[\\-\\u2010-\\u2015_.\\/&'’+@:](?=[${latinLetter}0-9]))*`;
const isolateOrRun = new RegExp(`${open}[^${open}${close}]*${close}|${word}(?: +${word})*`, 'gv');
const hasLatin = new RegExp(latinLetter, 'v');
const hasRightToLeft = new RegExp(rightToLeftLetter, 'v');

/** An isolate that shows something and holds no control of direction, or any such control. */
const isolateOrControl =
  /(?<isolate>\u2068\s*[^\s\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069][^\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*\u2069)|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Flat, and readable from right to left: what is handed to Meta for any text that somebody else wrote. Idempotent. */
export function asParameter(text: string): string {
  return isolateLatin(flatten(text));
}

/** One line without control characters, runs of blanks and controls of direction that would reach beyond the text. */
export function flatten(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, (control) => (/[\s\u0085]/u.test(control) ? ' ' : ''))
    .replace(isolateOrControl, '$<isolate>')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Wraps each run of Latin words in a text that also has right-to-left letters; leaves every other text as it is. */
export function isolateLatin(text: string): string {
  if (!hasRightToLeft.test(text)) return text;
  return text.replace(isolateOrRun, (found) =>
    found.startsWith(open) || !hasLatin.test(found) ? found : isolate(found),
  );
}

/** The text with its direction found from its own letters, and without effect on the letters around it. */
export function isolate(text: string): string {
  return `${open}${text.replaceAll(open, '').replaceAll(close, '')}${close}`;
}

const plainFormat = new Intl.NumberFormat('he-IL', { useGrouping: false, maximumFractionDigits: 4 });

/**
 * "498.0000" as "498", "1234.50" as "1234.5": at most four decimals, exact for any number of digits before them.
 * Undefined for what is not an unsigned decimal ("", "1e21", "-5"): nothing is told instead of something odd.
 */
export function plainNumber(decimal: string): string | undefined {
  return isDecimal(decimal) ? plainFormat.format(decimal) : undefined;
}

function isDecimal(text: string): text is `${number}` {
  return /^\d+(?:\.\d+)?$/.test(text);
}
