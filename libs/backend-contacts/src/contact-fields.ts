import { findDestination, validityEnglish } from '@visapi/backend-orders';
import { phoneDigits, plainDecimal } from '@visapi/backend-kernel';
import type { CbbField, NewCbbContact } from '@visapi/backend-providers';
import type { ContactClaim } from '@visapi/backend-repositories/contacts';

type Order = NonNullable<ContactClaim['newest']>;

const languages = new Map([
  ['il', 'he'],
  ['ru', 'ru'],
  ['kz', 'ru'],
  ['se', 'sv'],
]);
const genders = new Map<string, 'male' | 'female'>([
  ['m', 'male'],
  ['f', 'female'],
]);

/** What CBB is to hold of the customer of an order. Values that are not known are left out, never filled in. */
export function contactOf(order: Order): NewCbbContact {
  return {
    phone: phoneDigits(order.clientPhone),
    firstName: order.clientName ?? '',
    email: order.clientEmail ?? undefined,
    gender: genders.get(order.clientSex ?? ''),
    language: languages.get(order.branch) ?? 'en',
    fields: fieldsOf(order),
  };
}

function fieldsOf(order: Order): CbbField[] {
  const values: Readonly<Record<string, string | number | null | undefined>> = {
    customer_name: order.clientName,
    Email: order.clientEmail,
    OrderNumber: order.newestOrderId,
    visa_country: order.productCountry,
    visa_flag: findDestination(order.productCountry)?.flag,
    visa_type: order.productDocType,
    visa_intent: readable(order.productIntent),
    visa_entries: readable(order.productEntries),
    visa_validity: validityEnglish(order.productValidity),
    visa_quantity: order.visaQuantity,
    stay_limit: order.stayLimit,
    order_days: order.processingDays,
    order_sum_ils: order.currency === 'ILS' && order.amount !== null ? plainDecimal(order.amount) : undefined,
    order_urgent: order.isUrgent ? 1 : 0,
    wa_alerts: order.whatsappAlertsEnabled ? 1 : 0,
    // A calendar day, which CBB keeps as the second at which it begins in UTC.
    order_date: order.entryDate === null ? undefined : Date.parse(`${order.entryDate}T00:00:00Z`) / 1000,
    order_date_time: Math.floor(order.firstReceivedAt.getTime() / 1000),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ name, value: String(value) }],
  );
}

/** 'unknown' is how an order keeps what could not be read. */
function readable(word: string | null): string | null {
  return word === 'unknown' ? null : word;
}
