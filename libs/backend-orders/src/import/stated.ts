import type { ErrorDetail } from '@visapi/backend-kernel';
import { isObject, isUnfilled } from '../read-field.js';

type Json = Readonly<Record<string, unknown>>;

const yes = ['true', 't', '1'];
const no = ['false', 'f', '0'];
/** ISO 8601 as JSON has it, and the way Postgres writes a timestamptz. */
const instant = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:Z|([+-]\d{2})(?::?(\d{2}))?)$/i;

/** The values that a row states under given names; collects what cannot be read, in words. */
export class Stated {
  readonly problems: ErrorDetail[] = [];

  constructor(readonly row: Json) {}

  refuse(path: string, message: string): undefined {
    this.problems.push({ path, message });
    return undefined;
  }

  /** The first of these names that is filled in. */
  private found(names: readonly string[], row: Json): { name: string; value: unknown } | undefined {
    const name = names.find((candidate) => !isUnfilled(row[candidate]));
    return name === undefined ? undefined : { name, value: row[name] };
  }

  /** Yes or no; undefined when nothing is stated, or something else. */
  flag(names: readonly string[], row: Json = this.row): boolean | undefined {
    const found = this.found(names, row);
    if (!found) return undefined;
    const word = String(found.value).trim().toLowerCase();
    if (yes.includes(word)) return true;
    if (no.includes(word)) return false;
    return this.refuse(
      found.name,
      `must be true or false (t, f, 1 and 0 will do), not ${shown(found.value)}`,
    );
  }

  instant(names: readonly string[]): Date | undefined {
    const found = this.found(names, this.row);
    if (!found) return undefined;
    const date = readInstant(found.value);
    return (
      date ??
      this.refuse(
        found.name,
        `must be a time with its zone, as 2026-01-05T09:00:44Z, not ${shown(found.value)}`,
      )
    );
  }

  /** An object that stands there, or as JSON text as in a CSV file; undefined when nothing does. */
  object(name: string): Json | undefined {
    const value = this.json(name);
    if (value === undefined || isObject(value)) return value;
    return this.refuse(name, 'must be a JSON object');
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.json(name);
    if (value === undefined || Array.isArray(value)) return value;
    return this.refuse(name, 'must be a JSON array');
  }

  text(name: string): unknown {
    const value = this.row[name];
    return isUnfilled(value) ? undefined : value;
  }

  /** A number, which CSV holds as text. */
  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,12}(\.\d+)?$/.test(String(value))) return Number(value);
    return this.refuse(name, `must be a number such as 498.00, not ${shown(value)}`);
  }

  private json(name: string): unknown {
    const value = this.text(name);
    if (typeof value !== 'string') return value;
    try {
      return (JSON.parse(value) as unknown) ?? undefined;
    } catch (error) {
      return this.refuse(name, `must be JSON: ${(error as Error).message}`);
    }
  }
}

/** Undefined for what is no instant: also a time without a zone, which could be another moment. */
export function readInstant(value: unknown): Date | undefined {
  const [, day, time, hours, minutes = '00'] = instant.exec(String(value).trim()) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Values can be long, and personal: only the beginning of one is repeated. */
function shown(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 30) : typeof value);
}
