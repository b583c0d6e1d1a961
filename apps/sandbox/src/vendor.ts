import type { ReceiptMode, Vendor } from './faults/fault.js';

/** One call as a vendor's simulator sees it. */
export interface VendorCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as JSON; undefined when it is none. */
  json(): unknown;
  /** The body's form fields; empty unless the caller said it is form-encoded. */
  form(): URLSearchParams;
  /** What the faults asked for say about the receipts of a message sent by this call; taken once per message. */
  receipts(): ReceiptMode | undefined;
}

export interface VendorAnswer {
  readonly status: number;
  /** A string goes out as text, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The vendor itself said no (whatever the status: CBB refuses in a 200). */
  readonly refused?: boolean;
}

export interface VendorRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly answer: (call: VendorCall) => VendorAnswer;
}

/** A vendor's simulator: its routes, and how it words an error. */
export interface VendorSimulator {
  readonly vendor: Vendor;
  readonly routes: readonly VendorRoute[];
  readonly errorBody: (status: number, message: string) => unknown;
}

export function done(body: unknown): VendorAnswer {
  return { status: 200, body };
}

export function refused(status: number, body: unknown): VendorAnswer {
  return { status, body, refused: true };
}

/** The value as an object to look into; an empty one when it is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
