/** What the pipeline posts to CBB for the benchmark's order, as the baseline posts it. */
const fields = {
  customer_name: 'דנה לדוגמה',
  visa_country: 'india',
  visa_type: 'evisa',
  OrderNumber: 'IL261120IN1000000',
  visa_intent: 'tourism',
  visa_entries: 'multiple',
  visa_validity: '1 year',
  visa_flag: '🇮🇳',
  visa_quantity: '1',
  order_days: '3',
  order_sum_ils: '249',
  stay_limit: '90',
  order_urgent: '0',
  wa_alerts: '1',
};

const parameters = [
  'דנה לדוגמה',
  'הודו',
  '🇮🇳',
  'IL261120IN1000000',
  'תיירות, רב פעמית, לשנה',
  '1',
  '249',
  '3',
];

export function contactBody(phone: string): string {
  const actions = Object.entries(fields).map(([name, value]) => ({
    action: 'set_field_value',
    field_name: name,
    value,
  }));
  return JSON.stringify({
    phone,
    email: 'dana@example.test',
    first_name: 'דנה לדוגמה',
    language: 'he',
    actions,
  });
}

export function messageBody(phone: string): string {
  const body = { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) };
  const template = { name: 'order_confirmation_global', language: { code: 'he' }, components: [body] };
  const message = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: phone,
    type: 'template',
    template,
  };
  return JSON.stringify({ messages: [message], channel: 'whatsapp' });
}
