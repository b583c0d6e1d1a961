import { newId } from '@visapi/backend-kernel';
import type { LogFields } from './log.js';

/** A line of the log as it is kept for later questions. */
export interface KeptLine {
  /** UUID version 7: lines follow each other by it. */
  readonly id: string;
  /** ISO 8601. */
  readonly loggedAt: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly process: string;
  readonly event?: string;
  readonly code?: string;
  readonly job?: string;
  readonly route?: string;
  readonly orderId?: string;
  readonly correlationId?: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** What a line may say of an error besides its stack: see `describe` in log.ts. */
interface Described {
  readonly error?: unknown;
  readonly errorCode?: unknown;
}

const columns = ['event', 'code', 'job', 'route', 'orderId', 'correlationId'] as const;

/** The other fields, by name: a line that is handed more than its type allows keeps no more than these. */
const others: Readonly<Record<Exclude<keyof LogFields, (typeof columns)[number]>, true>> = {
  deliveryId: true,
  effectId: true,
  outcome: true,
  reason: true,
  attempt: true,
  queue: true,
  method: true,
  status: true,
  durationMs: true,
  count: true,
  apiKey: true,
  user: true,
  vendor: true,
  port: true,
  signal: true,
  seal: true,
};
const kept = [...Object.keys(others), 'error', 'errorCode'];

const mostCharacters = 500;

export function toKeptLine(
  level: KeptLine['level'],
  message: string,
  process: string,
  given: LogFields & Described,
): KeptLine {
  const fields = given as Readonly<Record<string, unknown>>;
  return {
    id: newId(),
    loggedAt: new Date().toISOString(),
    level,
    message: clean(message),
    process,
    ...pick(fields, columns),
    fields: pick(fields, kept),
  };
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const picked: Record<string, string | number> = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string') picked[name] = clean(value);
    else if (typeof value === 'number' && Number.isFinite(value)) picked[name] = value;
  }
  return picked;
}

/** Postgres takes neither NUL nor half a character; one such line would hold up all that wait with it. */
function clean(text: string): string {
  return text.slice(0, mostCharacters).replaceAll('\0', '').toWellFormed();
}
