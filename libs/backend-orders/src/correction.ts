import { contentOf, type OrderContent, type OrderRow } from '@visapi/backend-repositories/orders';

/** What an operator may correct, and what the warnings about it begin with. */
const warnedAs = {
  clientName: 'client.name',
  clientEmail: 'client.email',
  clientPhone: 'phone',
  whatsappAlertsEnabled: 'client.whatsappAlertsEnabled',
  orderStatus: 'status',
} as const;

type Correctable = keyof typeof warnedAs;

/** New values; what is undefined stays. */
export type Correction = { readonly [name in Correctable]?: OrderContent[name] };

/** What is known of an order after an operator's correction: nothing is odd any more about what he has given. */
export function corrected(order: OrderRow, correction: Correction): OrderContent {
  return overlay(contentOf(order), correction);
}

/** What a delivery says, but for the fields that operators have corrected since: there the order stands. */
export function keepCorrections(
  said: OrderContent,
  order: OrderRow,
  correctedFields: readonly string[],
): OrderContent {
  const names = correctedFields.filter(isCorrectable);
  return overlay(said, Object.fromEntries(names.map((name) => [name, order[name]])));
}

function overlay(content: OrderContent, correction: Correction): OrderContent {
  const names = Object.keys(correction).filter(isCorrectable);
  const given = names.filter((name) => correction[name] !== undefined);
  const values = Object.fromEntries(given.map((name) => [name, correction[name]]));
  const isMoot = (warning: string) => given.some((name) => warning.startsWith(`${warnedAs[name]}:`));
  const warnings = ((content.warnings ?? []) as readonly string[]).filter((warning) => !isMoot(warning));
  return { ...content, ...values, warnings };
}

function isCorrectable(name: string): name is Correctable {
  return name in warnedAs;
}
