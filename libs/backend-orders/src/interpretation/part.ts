import { isObject, isUnfilled, type Reading } from '../read-field.js';

type Json = Readonly<Record<string, unknown>>;

const latestYear = 2_200;
/** Years are at least this far from being counts of anything. */
const earliestYear = 1_900;

/** One object of a form: reads its fields, and names them by their path when something is odd. */
export class Part {
  private constructor(
    readonly object: Json,
    private readonly path: string,
    private readonly reading: Reading,
  ) {}

  /** What was not filled in, and what is no object, is a part without fields. */
  static of(value: unknown, path: string, reading: Reading): Part {
    if (isObject(value)) return new Part(value, path, reading);
    if (!isUnfilled(value)) reading.warn(path, 'not-an-object');
    return new Part({}, path, reading);
  }

  text(key: string, longest = 500): string | null {
    return this.reading.text(this.object, key, this.field(key), longest);
  }

  word(key: string): string | null {
    return this.reading.word(this.object, key, this.field(key));
  }

  label(key: string): string | null {
    return this.reading.label(this.object, key, this.field(key));
  }

  flag(key: string): boolean | null {
    return this.reading.flag(this.object, key, this.field(key));
  }

  count(key: string, most: number): number | null {
    return this.reading.count(this.object, key, this.field(key), most);
  }

  day(key: string): string | null {
    return this.reading.day(this.object, key, this.field(key));
  }

  /** Some forms send a year as text, some as a number, and 0 for none. */
  year(key: string): number | null {
    const value = this.object[key];
    const year = typeof value === 'string' && /^\d{4}$/.test(value) ? Number(value) : value;
    if (isUnfilled(year) || year === 0) return null;
    if (typeof year === 'number' && Number.isInteger(year) && year >= earliestYear && year <= latestYear)
      return year;
    this.warn(key, 'not-a-year');
    return null;
  }

  /** A country of a passport: ISO 3166-1 alpha-3, upper case. */
  country(key: string): string | null {
    const text = this.text(key);
    if (text === null || /^[A-Za-z]{3}$/.test(text)) return text?.toUpperCase() ?? null;
    this.warn(key, 'not-a-country-code');
    return null;
  }

  /** A country code, or a place in words. */
  place(key: string): string | null {
    const text = this.text(key);
    return text !== null && /^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : text;
  }

  /** A value from a closed list; one that is newer than the list is kept, with a warning. */
  oneOf(key: string, list: readonly string[]): string | null {
    const word = this.word(key);
    if (word !== null && !list.includes(word)) this.warn(key, 'unknown');
    return word;
  }

  part(key: string): Part {
    return Part.of(this.object[key], this.field(key), this.reading);
  }

  /** What a reader makes of the object at a key; undefined when nobody filled it in. */
  read<T>(key: string, reader: (part: Part) => T): T | undefined {
    return this.isFilled(key) ? reader(this.part(key)) : undefined;
  }

  /** Those items of a list that are objects. */
  parts(key: string): Part[] {
    const value = this.object[key];
    if (Array.isArray(value))
      return value.flatMap((item: unknown, index) => this.itemOf(item, `${this.field(key)}[${index}]`));
    if (!isUnfilled(value)) this.warn(key, 'not-a-list');
    return [];
  }

  /** Whether there is anything at all at a key. */
  isFilled(key: string): boolean {
    return !isUnfilled(this.object[key]);
  }

  /** @param key '' for the part itself */
  warn(key: string, problem: string): void {
    this.reading.warn(this.field(key), problem);
  }

  private itemOf(item: unknown, path: string): Part[] {
    if (isObject(item)) return [new Part(item, path, this.reading)];
    this.reading.warn(path, 'not-an-object');
    return [];
  }

  private field(key: string): string {
    return this.path === '' || key === '' ? `${this.path}${key}` : `${this.path}.${key}`;
  }
}

type Filled<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Only the fields that hold something, in the order given; undefined when none does. */
export function filled<T extends Json>(fields: T): Filled<T> | undefined {
  let held: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value !== null && value !== undefined) (held ??= {})[key] = value;
  }
  return held as Filled<T> | undefined;
}

/** The same for a list. */
export function filledList<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
