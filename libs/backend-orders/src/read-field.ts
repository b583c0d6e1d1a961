type Json = Readonly<Record<string, unknown>>;

const mostWarnings = 50;

/** Collects what is odd about a body while it is read; odd never means refused. */
export class Reading {
  readonly warnings: string[] = [];

  warn(field: string, problem: string): void {
    if (this.warnings.length > mostWarnings) return;
    const warning = `${field}:${problem}`;
    if (this.warnings.includes(warning)) return;
    this.warnings.push(this.warnings.length < mostWarnings ? warning : 'warnings:more');
  }

  /** Text as received, without surrounding blanks; empty, missing and other kinds of values are null. */
  text(object: Json, key: string, field: string, longest = 200): string | null {
    const value = object[key];
    if (isUnfilled(value)) return null;
    if (typeof value !== 'string') {
      this.warn(field, 'not-text');
      return null;
    }
    const storable = storableText(value).trim();
    if (storable !== value.trim()) this.warn(field, 'unstorable-characters');
    if (storable.length > longest) this.warn(field, 'too-long');
    const text = storable.length > longest ? firstCharacters(storable, longest) : storable;
    return text === '' ? null : text;
  }

  /** Lower-case text, for values from closed lists. */
  word(object: Json, key: string, field: string): string | null {
    return this.text(object, key, field)?.toLowerCase() ?? null;
  }

  /** Text that looks like a number (an id, a postal code); whoever sent a number lost its leading zeros. */
  label(object: Json, key: string, field: string): string | null {
    const value = object[key];
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return this.text(object, key, field);
    this.warn(field, 'text-as-number');
    return String(value);
  }

  flag(object: Json, key: string, field: string): boolean | null {
    const value = object[key];
    if (isUnfilled(value) || typeof value === 'boolean') return value === '' ? null : (value ?? null);
    this.warn(field, 'not-yes-or-no');
    return null;
  }

  /** A whole number within bounds; digits in a string count with a warning. */
  count(object: Json, key: string, field: string, most: number): number | null {
    const value = object[key];
    if (isUnfilled(value)) return null;
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > most) {
      this.warn(field, 'not-a-count');
      return null;
    }
    if (typeof value === 'string') this.warn(field, 'number-as-text');
    return number;
  }

  /** Money as decimal text with at most four places, which is what the column holds; never a float. */
  money(object: Json, key: string, field: string): string | null {
    const value = object[key];
    if (isUnfilled(value)) return null;
    const text = typeof value === 'number' ? fixed(value) : typeof value === 'string' ? value.trim() : '';
    if (!/^\d{1,12}(\.\d{1,4})?$/.test(text)) {
      this.warn(field, 'not-an-amount');
      return null;
    }
    if (typeof value === 'string') this.warn(field, 'number-as-text');
    return text;
  }

  /** A calendar day, YYYY-MM-DD, that exists; it has no time and no zone. */
  day(object: Json, key: string, field: string): string | null {
    const text = this.text(object, key, field);
    if (text === null) return null;
    const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:T(.*))?$/.exec(text) ?? [];
    if (day === undefined || !isCalendarDay(day)) {
      this.warn(field, 'not-a-day');
      return null;
    }
    // Somewhere on earth it is another day then; the one that was written is kept.
    if (time !== undefined && !/^00:00(:00(\.0+)?)?Z?$/.test(time)) this.warn(field, 'has-a-time');
    return day;
  }
}

/** The shop leaves what nobody filled in as nothing, null or an empty text. */
export function isUnfilled(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** Postgres holds neither NUL nor lone surrogates in text. */
export function storableText(text: string): string {
  return text.isWellFormed() && !text.includes('\u0000')
    ? text
    : text.toWellFormed().replaceAll('\u0000', '');
}

/** The object at a key, or an empty one: what is missing is treated like what is empty. */
export function objectAt(object: Json, key: string): Json {
  const value = object[key];
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstCharacters(text: string, count: number): string {
  return [...text.slice(0, count * 2)].slice(0, count).join('');
}

/** A JSON number without the noise of binary fractions (0.1 + 0.2), in plain decimal notation. */
function fixed(value: number): string {
  return Math.abs(value) < 1e12 ? value.toFixed(4).replace(/\.?0+$/, '') : '';
}

/** The calendar of Postgres has no year 0. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  // February 30 is parsed as March 1 or 2.
  return day >= '0001' && !Number.isNaN(time) && new Date(time).getUTCDate() === Number(day.slice(8));
}
