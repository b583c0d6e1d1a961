/** A table with columns that are sealed, and how their places and keys are named. */
export interface SealedTable {
  readonly table: string;
  /** The column that names a row, and its type. */
  readonly row: string;
  readonly rowType: 'uuid' | 'text';
  readonly columns: readonly { readonly column: string; readonly keyColumn: string }[];
}

const keyed = (column: string) => ({ column, keyColumn: `${column}_key_id` });

/** Every column that holds what is of a person and is asked for by nobody but with its row. */
export const sealedTables = {
  orderDetails: {
    table: 'order_details',
    row: 'order_id',
    rowType: 'text',
    columns: [keyed('applicants'), keyed('details')],
  },
  messages: {
    table: 'messages',
    row: 'effect_id',
    rowType: 'uuid',
    columns: [keyed('parameters'), keyed('document'), keyed('next_parameters')],
  },
  applicantIssues: { table: 'applicant_issues', row: 'id', rowType: 'uuid', columns: [keyed('issues')] },
  visaRecords: {
    table: 'visa_records',
    row: 'record_id',
    rowType: 'text',
    columns: [keyed('applications')],
  },
  deliveryBodies: {
    table: 'delivery_bodies',
    row: 'delivery_id',
    rowType: 'uuid',
    columns: [{ column: 'body', keyColumn: 'key_id' }],
  },
} as const satisfies Readonly<Record<string, SealedTable>>;

export type SealedTableName = keyof typeof sealedTables;

/** What is kept in mind for a column is bound as if it stood there: it is copied to and fro by statements. */
export function boundColumn(column: string): string {
  return column.replace(/^next_/, '');
}
