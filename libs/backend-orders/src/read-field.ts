type Json = Readonly<Record<string, unknown>>;

/** Collects what is odd about a body while it is read; odd never means refused. */
export class Reading {
  readonly warnings: string[] = [];

  warn(field: string, problem: string): void {
    const warning = `${field}:${problem}`;
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }

  /** Text as received, without surrounding blanks; empty, missing and other kinds of values are null. */
  text(object: Json, key: string, field: string, longest = 200): string | null {
    const value = object[key];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') {
      this.warn(field, 'not-text');
      return null;
    }
    const storable = value.toWellFormed().replaceAll('\u0000', '').trim();
    if (storable !== value.trim()) this.warn(field, 'unstorable-characters');
    if (storable.length > longest) this.warn(field, 'too-long');
    const text = [...storable.slice(0, longest * 2)].slice(0, longest).join('');
    return text === '' ? null : text;
  }

  /** Lower-case text, for values from closed lists. */
  word(object: Json, key: string, field: string): string | null {
    return this.text(object, key, field)?.toLowerCase() ?? null;
  }

  /** A whole number within bounds; digits in a string count with a warning. */
  count(object: Json, key: string, field: string, most: number): number | null {
    const value = object[key];
    if (value === undefined || value === null || value === '') return null;
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
    if (value === undefined || value === null || value === '') return null;
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
    const day = /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(text)?.[1];
    const time = Date.parse(`${day}T00:00:00Z`);
    // The calendar of Postgres has no year 0.
    if (
      day === undefined ||
      day < '0001' ||
      Number.isNaN(time) ||
      !new Date(time).toISOString().startsWith(day)
    ) {
      this.warn(field, 'not-a-day');
      return null;
    }
    return day;
  }
}

/** A JSON number without the noise of binary fractions (0.1 + 0.2), in plain decimal notation. */
function fixed(value: number): string {
  return Math.abs(value) < 1e12 ? value.toFixed(4).replace(/\.?0+$/, '') : '';
}

/** The object at a key, or an empty one: what is missing is treated like what is empty. */
export function objectAt(object: Json, key: string): Json {
  const value = object[key];
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
