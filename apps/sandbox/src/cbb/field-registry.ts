/** Types: 0 text, 1 number, 2 date and 3 date-time (unix seconds), 4 boolean (1/0) (domain.md 4.2, 4.4). */
export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

export const phoneFieldId = -8;

/** Fields of the account, and the two that every account has (negative ids). */
export const customFields: readonly CustomField[] = [
  { id: -12, name: 'Email', type: 0 },
  { id: phoneFieldId, name: 'Phone Number', type: 0 },
  { id: 779770, name: 'customer_name', type: 0 },
  { id: 877737, name: 'visa_country', type: 0 },
  { id: 527249, name: 'visa_type', type: 0 },
  { id: 949873, name: 'visa_quantity', type: 1 },
  { id: 837162, name: 'visa_intent', type: 0 },
  { id: 863041, name: 'visa_entries', type: 0 },
  { id: 816014, name: 'visa_validity', type: 0 },
  { id: 824812, name: 'visa_flag', type: 0 },
  { id: 592947, name: 'visa_url', type: 0 },
  { id: 905364, name: 'visa_url_2', type: 0 },
  { id: 189039, name: 'stay_limit', type: 1 },
  { id: 459752, name: 'OrderNumber', type: 0 },
  { id: 763048, name: 'order_urgent', type: 4 },
  { id: 470125, name: 'order_priority', type: 1 },
  { id: 661549, name: 'order_date', type: 2 },
  { id: 271948, name: 'order_days', type: 1 },
  { id: 358366, name: 'order_sum_ils', type: 1 },
  { id: 100644, name: 'order_date_time', type: 3 },
  { id: 662459, name: 'wa_alerts', type: 4 },
];

const byId = new Map(customFields.map((field) => [field.id, field]));
const byName = new Map(customFields.map((field) => [field.name, field]));

export function fieldById(id: number): CustomField | undefined {
  return byId.get(id);
}

export function fieldByName(name: string): CustomField | undefined {
  return byName.get(name);
}
