import { AirtableClient, type CompletedPage, type LookupField } from './client.js';
import { quote } from './formula.js';
import {
  type Application,
  applicationFields,
  type CompletedOrder,
  type FoundOrder,
  orderFields,
  type RawRecord,
  toApplication,
  toCompletedOrder,
  toFoundOrder,
  unreadableRecord,
} from './schemas.js';

type Operation = 'completedPage' | 'applications' | 'findOrders';
type Cells = Readonly<Record<string, unknown>>;

/** One application of an order, by the names VisAPI has for its cells; what is left out is an empty cell. */
export type FakeApplication = Partial<Record<keyof typeof applicationFields, unknown>>;
export type FakeOrder = Partial<Record<Exclude<keyof typeof orderFields, 'applications'>, unknown>>;

const mostPerPage = 100;
const mostFound = 3;

/** The staff's base in memory. Faults are queued per operation and strike once each, in order. */
export class FakeAirtableClient extends AirtableClient {
  /** Every call in order, as "operation argument". */
  readonly calls: string[] = [];
  withheld: AirtableClient['withheld'];
  pollWithheld: AirtableClient['pollWithheld'];
  private readonly orders: RawRecord[] = [];
  private readonly linked = new Map<string, RawRecord>();
  private readonly faults = new Map<Operation, Error[]>();
  private lastRecord = 0;

  /** Puts an order into the base, with its applications; returns the record ids. A completed one is in the view. */
  putOrder(order: FakeOrder, applications: readonly FakeApplication[] = []) {
    const applicationRecordIds = applications.map((one) => {
      const record = { id: this.newId(), fields: cells(applicationFields, one) };
      this.linked.set(record.id, record);
      return record.id;
    });
    const links = applicationRecordIds.length > 0 && { [orderFields.applications]: applicationRecordIds };
    const createdTime = '2026-01-05T09:13:00.000Z';
    const record = { id: this.newId(), createdTime, fields: { ...cells(orderFields, order), ...links } };
    this.orders.push(record);
    return { recordId: record.id, applicationRecordIds };
  }

  /** Changes cells of an application, e.g. when its document arrives. */
  changeApplication(recordId: string, changes: FakeApplication): void {
    const record = this.linked.get(recordId);
    if (!record) throw new Error(`no application has the record id ${recordId}`);
    const fields = { ...(record.fields as Cells), ...cells(applicationFields, changes) };
    this.linked.set(recordId, { ...record, fields });
  }

  removeApplication(recordId: string): void {
    this.linked.delete(recordId);
  }

  failNext(operation: Operation, error: Error): void {
    this.faults.set(operation, [...(this.faults.get(operation) ?? []), error]);
  }

  async completedPage(offset: string | undefined): Promise<CompletedPage> {
    return await this.call('completedPage', offset ?? 'start', () => {
      const view = this.orders.filter(({ fields }) =>
        String((fields as Cells)[orderFields.status] ?? '').startsWith('Completed'),
      );
      const start = Number(offset ?? 0);
      const end = start + mostPerPage;
      const records: CompletedOrder[] = view.slice(start, end).map(toCompletedOrder);
      return { records, offset: end < view.length ? String(end) : undefined };
    });
  }

  async applications(recordIds: readonly string[]): Promise<readonly Application[]> {
    return await this.call('applications', recordIds.join(' '), () =>
      recordIds.map((id) => {
        const record = this.linked.get(id);
        return record ? toApplication(record) : unreadableRecord(id);
      }),
    );
  }

  async findOrders(field: LookupField, value: string): Promise<readonly FoundOrder[]> {
    return await this.call('findOrders', `${field} ${value}`, () => {
      const wanted = comparable(field, value);
      quote(wanted);
      const column = { email: orderFields.email, orderid: orderFields.orderId, phone: orderFields.phone }[
        field
      ];
      return this.orders
        .filter(({ fields }) => comparable(field, String((fields as Cells)[column] ?? '')) === wanted)
        .slice(0, mostFound)
        .map(toFoundOrder);
    });
  }

  private async call<T>(operation: Operation, argument: string, act: () => T): Promise<T> {
    this.calls.push(`${operation} ${argument}`);
    const fault = this.faults.get(operation)?.shift();
    if (fault) throw fault;
    return await Promise.resolve(act());
  }

  private newId(): string {
    return `rec${String((this.lastRecord += 1)).padStart(14, '0')}`;
  }
}

/** Empty cells are left out, as Airtable does. */
function cells(names: Readonly<Record<string, string>>, values: Cells): Cells {
  const named = Object.entries(values).flatMap(([name, value]): [string, unknown][] =>
    value === undefined || value === null || value === '' ? [] : [[names[name] ?? name, value]],
  );
  return Object.fromEntries(named);
}

function comparable(field: LookupField, value: string): string {
  if (field !== 'phone') return value.trim().toLowerCase();
  return value.replace(/\D/g, '').replace(/^9720/, '972');
}
