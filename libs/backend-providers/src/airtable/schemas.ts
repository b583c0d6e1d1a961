import { z } from 'zod';
import { VendorError } from '../vendor-error.js';

/** Names of the cells as the staff's base has them: the only place that knows them. */
export const orderFields = {
  orderId: 'ID',
  email: 'Email',
  phone: 'Phone',
  status: 'Status',
  domainBranch: 'Domain Branch',
  country: 'Country',
  type: 'Type',
  intent: 'Intent',
  entryCount: 'Entry Count',
  validity: 'Validity',
  processingTime: 'Processing Time',
  applications: 'Applications ↗',
  completedAt: 'Completed Timestamp',
} as const;

export const applicationFields = {
  applicationId: 'ID',
  visaId: 'Visa ID',
  visaUrl: 'Visa URL',
  firstName: 'First name',
  surname: 'Surname',
  status: 'Status',
} as const;

/** A page of records; `offset` is there when more follow. */
export const recordPage = z.object({
  records: z.array(
    z.object({ id: z.string().min(1), createdTime: z.string().optional(), fields: z.unknown() }),
  ),
  offset: z.string().min(1).optional(),
});
export type RawRecord = z.infer<typeof recordPage>['records'][number];

/** `{ "error": { "type": "..." } }`, now and then `{ "error": "..." }`. */
export const refusal = z.object({
  error: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]),
});

const scalar = z.union([z.string(), z.number()]).transform((value) => String(value).trim());
/** Airtable leaves empty cells out; look-ups come as arrays; a formula that failed is an object, and no text. */
const text = z
  .union([scalar, z.array(scalar.nullable())])
  .nullish()
  .transform((cell) => {
    const words = Array.isArray(cell) ? cell.filter((word) => word !== null) : [cell ?? ''];
    return words.filter((word) => word !== '').join(' ') || null;
  });
const links = z
  .array(z.string().regex(/^rec[A-Za-z0-9]+$/))
  .nullish()
  .transform((ids) => ids ?? []);
const moment = z
  .string()
  .refine((given) => !Number.isNaN(Date.parse(given)))
  .transform((given) => new Date(given))
  .nullish()
  .transform((at) => at ?? null);
/** Advice for a customer's question, no more: a cell that is no number says nothing. */
const days = z
  .union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)])
  .nullable()
  .catch(null);
/** Only what a customer's phone can open is a document. */
const webAddress = text.transform((address) =>
  address !== null && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null,
);

const progress = z
  .object({
    [orderFields.orderId]: text,
    [orderFields.status]: text,
    [orderFields.domainBranch]: text,
    [orderFields.country]: text,
    [orderFields.applications]: links,
    [orderFields.completedAt]: moment,
  })
  .transform((cells) => ({
    orderId: cells[orderFields.orderId],
    status: cells[orderFields.status],
    domainBranch: cells[orderFields.domainBranch],
    country: cells[orderFields.country],
    applicationRecordIds: cells[orderFields.applications],
    completedAt: cells[orderFields.completedAt],
  }));

const product = z
  .object({
    [orderFields.type]: text,
    [orderFields.intent]: text,
    [orderFields.entryCount]: text,
    [orderFields.validity]: text,
    [orderFields.processingTime]: days,
  })
  .transform((cells) => ({
    type: cells[orderFields.type],
    intent: cells[orderFields.intent],
    entryCount: cells[orderFields.entryCount],
    validity: cells[orderFields.validity],
    /** Business days. */
    processingTime: cells[orderFields.processingTime],
  }));

const application = z
  .object({
    [applicationFields.applicationId]: text,
    [applicationFields.visaId]: text,
    [applicationFields.visaUrl]: webAddress,
    [applicationFields.firstName]: text,
    [applicationFields.surname]: text,
    [applicationFields.status]: text,
  })
  .transform((cells) => ({
    applicationId: cells[applicationFields.applicationId],
    visaId: cells[applicationFields.visaId],
    visaUrl: cells[applicationFields.visaUrl],
    firstName: cells[applicationFields.firstName],
    surname: cells[applicationFields.surname],
    status: cells[applicationFields.status],
  }));

/** A record that is there and cannot be understood, or (an application) that is linked and not there. */
export interface UnreadableRecord {
  readonly recordId: string;
  readonly unreadable: true;
}
type Readable<T> = Readonly<T> & { readonly recordId: string; readonly unreadable?: undefined };

export type CompletedOrder = Readable<z.output<typeof progress>> | UnreadableRecord;
export type Application = Readable<z.output<typeof application>> | UnreadableRecord;
export type FoundOrder = Readable<z.output<typeof progress> & z.output<typeof product>> & {
  /** When the staff's record was made; null when Airtable does not say. */
  readonly createdTime: string | null;
  /** Every cell as it came. */
  readonly fields: Readonly<Record<string, unknown>>;
};

export function toCompletedOrder({ id, fields }: RawRecord): CompletedOrder {
  const read = progress.safeParse(fields);
  return read.success ? { recordId: id, ...read.data } : unreadableRecord(id);
}

export function toApplication({ id, fields }: RawRecord): Application {
  const read = application.safeParse(fields);
  return read.success ? { recordId: id, ...read.data } : unreadableRecord(id);
}

/** @throws VendorError `unexpected` when the record's cells are not what the base is known to hold */
export function toFoundOrder({ id, createdTime, fields }: RawRecord): FoundOrder {
  const read = progress.and(product).safeParse(fields);
  if (!read.success) throw new VendorError('airtable', 'unexpected', 'unreadable-order');
  return {
    recordId: id,
    ...read.data,
    createdTime: createdTime ?? null,
    fields: fields as Readonly<Record<string, unknown>>,
  };
}

export function unreadableRecord(recordId: string): UnreadableRecord {
  return { recordId, unreadable: true };
}
