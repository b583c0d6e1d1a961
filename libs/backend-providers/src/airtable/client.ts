import { type AirtableConfig, isAirtableConfigured } from '@visapi/backend-config';
import type { CallOptions } from '../vendor-connection.js';
import { VendorError } from '../vendor-error.js';
import { equalsIgnoringCase, hasRecordId } from './formula.js';
import {
  type Application,
  type CompletedOrder,
  type FoundOrder,
  orderFields,
  type RawRecord,
  recordPage,
  toApplication,
  toCompletedOrder,
  toFoundOrder,
  unreadableRecord,
} from './schemas.js';
import type { AirtableTransport } from './transport.js';

export interface CompletedPage {
  /** In the order of the view; none is left out. */
  readonly records: readonly CompletedOrder[];
  /** Where the next page starts; undefined on the last. */
  readonly offset: string | undefined;
}

export type LookupField = 'email' | 'orderid' | 'phone';

/** What VisAPI reads of the staff's Airtable base; nothing is written. Errors are `VendorError`s; no call is repeated. */
export abstract class AirtableClient {
  /** Why nothing may be asked by this process's settings; undefined when it may. */
  abstract readonly withheld: 'not-configured' | undefined;
  /** Why finished orders are not looked for by this process's settings; undefined when they are. */
  abstract readonly pollWithheld: 'not-configured' | 'polling-off' | undefined;
  /** One page, at most 100 records, of the view of completed orders. */
  abstract completedPage(offset: string | undefined, options: CallOptions): Promise<CompletedPage>;
  /** The applications with these record ids, one for each and in their order; one that is not there is unreadable. */
  abstract applications(recordIds: readonly string[], options: CallOptions): Promise<readonly Application[]>;
  /** At most 3 orders: one is found, more are ambiguous. Case does not matter; phones match with and without trunk 0. */
  abstract findOrders(
    field: LookupField,
    value: string,
    options: CallOptions,
  ): Promise<readonly FoundOrder[]>;
}

type ClientConfig = Pick<
  AirtableConfig,
  'url' | 'apiKey' | 'baseId' | 'ordersTableId' | 'completedViewId' | 'applicationsTableId' | 'pollSeconds'
>;

const pageSize = '100';
/** An address of at most 4 kB. */
const mostIds = 50;
const mostFound = '3';

/**
 * Airtable over HTTP.
 * https://airtable.com/developers/web/api/list-records
 */
export class HttpAirtableClient extends AirtableClient {
  readonly withheld: AirtableClient['withheld'];
  readonly pollWithheld: AirtableClient['pollWithheld'];

  constructor(
    private readonly transport: AirtableTransport,
    private readonly config: ClientConfig,
  ) {
    super();
    this.withheld = isAirtableConfigured(config) ? undefined : 'not-configured';
    const known = config.completedViewId !== undefined && config.applicationsTableId !== undefined;
    this.pollWithheld = this.withheld ?? (known ? undefined : 'not-configured');
    if (config.pollSeconds === 0) this.pollWithheld ??= 'polling-off';
  }

  async completedPage(offset: string | undefined, options: CallOptions): Promise<CompletedPage> {
    const view = named(this.config.completedViewId, 'AIRTABLE_VIEW_ID');
    const query = { view, pageSize, ...(offset !== undefined && { offset }) };
    const page = await this.list(this.ordersTable(), query, options);
    return { records: page.records.map(toCompletedOrder), offset: page.offset };
  }

  async applications(recordIds: readonly string[], options: CallOptions): Promise<readonly Application[]> {
    const table = named(this.config.applicationsTableId, 'AIRTABLE_APPLICATIONS_TABLE_ID');
    const wanted = [...new Set(recordIds)];
    const found = new Map<string, Application>();
    for (let start = 0; start < wanted.length; start += mostIds) {
      const batch = wanted.slice(start, start + mostIds);
      for (const record of await this.withIds(table, batch, options))
        found.set(record.id, toApplication(record));
    }
    return recordIds.map((id) => found.get(id) ?? unreadableRecord(id));
  }

  async findOrders(field: LookupField, value: string, options: CallOptions): Promise<readonly FoundOrder[]> {
    for (const spelling of spellings(field, value)) {
      const filterByFormula = equalsIgnoringCase(columns[field], spelling);
      const query = { filterByFormula, maxRecords: mostFound };
      const { records } = await this.list(this.ordersTable(), query, options);
      if (records.length > 0) return records.map(toFoundOrder);
    }
    return [];
  }

  /** All pages of one batch; a server that never comes to an end is left. */
  private async withIds(
    table: string,
    ids: readonly string[],
    options: CallOptions,
  ): Promise<readonly RawRecord[]> {
    const query = { filterByFormula: hasRecordId(ids), pageSize };
    const records: RawRecord[] = [];
    let offset: string | undefined;
    for (let page = 0; page < ids.length; page += 1) {
      const answer = await this.list(table, { ...query, ...(offset !== undefined && { offset }) }, options);
      records.push(...answer.records);
      if (answer.offset === undefined) return records;
      offset = answer.offset;
    }
    throw new VendorError('airtable', 'unexpected', 'endless-pages');
  }

  private ordersTable(): string {
    return named(this.config.ordersTableId, 'AIRTABLE_TABLE_ID');
  }

  private async list(table: string, query: Readonly<Record<string, string>>, options: CallOptions) {
    const base = named(this.config.baseId, 'AIRTABLE_BASE_ID');
    return await this.transport.get([base, table], query, recordPage, options);
  }
}

/** @throws Error when the setting is missing: that is ours to mend, not the vendor's */
function named(id: string | undefined, variable: string): string {
  if (id === undefined) throw new Error(`${variable} is not set`);
  return id;
}

const columns: Readonly<Record<LookupField, string>> = {
  email: orderFields.email,
  orderid: orderFields.orderId,
  phone: orderFields.phone,
};

/** Spellings to try in turn: the staff's base holds Israeli phones with and without the trunk zero, in digits. */
function spellings(field: LookupField, value: string): readonly string[] {
  if (field !== 'phone') return [value.trim()];
  const digits = value.replace(/\D/g, '');
  if (digits.startsWith('9720')) return [digits, `972${digits.slice(4)}`];
  return digits.startsWith('972') ? [digits, `9720${digits.slice(3)}`] : [digits];
}
