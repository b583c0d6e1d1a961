import type { TestDatabase } from './test-database.js';

/** What a test says of an order, by its columns; everything else is as dull as the table allows. */
export interface PlantedRow {
  readonly order_id: string;
  readonly branch?: string;
  readonly order_status?: string | null;
  readonly product_country?: string | null;
  readonly product_name?: string | null;
  readonly amount?: string | null;
  readonly currency?: string | null;
  readonly client_phone?: string | null;
  readonly client_email?: string | null;
  /** Text that Postgres reads as a time, microseconds included. */
  readonly created_at?: string;
  readonly processed_at?: string | null;
  readonly cbb_synced?: boolean;
  readonly whatsapp_confirmation_sent?: boolean;
  readonly whatsapp_alerts_enabled?: boolean;
  readonly is_urgent?: boolean;
  readonly warnings?: readonly string[];
  readonly review?: readonly string[];
}

/** All but what Postgres makes up itself. */
const columns = [
  ...['order_id', 'delivery_id', 'delivery_position', 'applied_position', 'content_version', 'event_version'],
  ...['first_received_at', 'branch', 'order_status', 'product_country', 'product_name', 'amount', 'currency'],
  ...['client_phone', 'client_email', 'created_at', 'updated_at', 'processed_at', 'cbb_synced'],
  ...['whatsapp_confirmation_sent', 'whatsapp_alerts_enabled', 'is_urgent', 'warnings', 'review'],
].join(', ');

const plain = {
  branch: 'il',
  whatsapp_alerts_enabled: true,
  is_urgent: false,
  content_version: 1,
  event_version: 1,
  cbb_synced: false,
  whatsapp_confirmation_sent: false,
  warnings: [],
  review: [],
};

/** Rows of orders without deliveries, effects or events, for whatever reads orders alone. Positions follow the list. */
export async function plantRows(test: TestDatabase, rows: readonly PlantedRow[]): Promise<void> {
  const json = JSON.stringify(rows.map((row) => ({ ...plain, created_at: new Date(), ...row })));
  await test.query(
    `with base as (select coalesce(max(delivery_position), 0) as position from orders)
     insert into orders (${columns})
     select ${columns} from base, jsonb_array_elements($1::jsonb) with ordinality as given(json, number),
       jsonb_populate_record(null::orders, given.json || jsonb_build_object(
         'delivery_id', gen_random_uuid(), 'delivery_position', base.position + given.number,
         'applied_position', base.position + given.number,
         'first_received_at', given.json -> 'created_at', 'updated_at', given.json -> 'created_at')) as planted`,
    [json],
  );
}
