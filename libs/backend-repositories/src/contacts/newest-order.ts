import { sql } from 'kysely';

/** What the CRM is told of a customer's newest order. */
export interface NewestOrder {
  readonly newestOrderId: string;
  readonly contentVersion: number;
  readonly clientName: string | null;
  readonly clientEmail: string | null;
  readonly clientPhone: string;
  readonly clientSex: string | null;
  readonly branch: string;
  readonly productCountry: string | null;
  readonly productDocType: string | null;
  readonly productIntent: string | null;
  readonly productEntries: string | null;
  readonly productValidity: string | null;
  readonly stayLimit: number | null;
  readonly visaQuantity: number | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly processingDays: number | null;
  readonly isUrgent: boolean;
  readonly whatsappAlertsEnabled: boolean;
  readonly entryDate: string | null;
  readonly firstReceivedAt: Date;
}

/** An order as `NewestOrder`. */
export const newestOrderColumns = sql`order_id as newest_order_id, content_version, client_name, client_email,
  client_phone, client_sex, branch, product_country, product_doc_type, product_intent, product_entries,
  product_validity, stay_limit, visa_quantity, amount, currency, processing_days, is_urgent,
  whatsapp_alerts_enabled, entry_date, first_received_at`;
