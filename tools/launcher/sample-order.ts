/**
 * An order as the shop posts it (an invented person, a number no network gives out). Its id is that of the second
 * in which it is made, so that each start offers another one.
 */
export function sampleOrder(now: Date): { id: string; body: string } {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(now.getFullYear() % 100)}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const second = now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds();
  const id = `IL${day}IN${second}`;
  const formId = `frm_${second.toString(36)}Sample`;
  return { id, body: JSON.stringify({ form: form(formId, now), order: order(id, formId) }) };
}

/** One line of bash that posts the order. */
export function curlFor(backendUrl: string, apiKey: string, body: string): string {
  // A single quote cannot stand inside a bash string in single quotes.
  const quoted = body.replaceAll("'", "'\\''");
  return `curl -sS ${backendUrl}/api/v1/webhooks/vizi/orders -H 'X-API-Key: ${apiKey}' -H 'Content-Type: application/json' -d '${quoted}'`;
}

function order(id: string, formId: string) {
  return {
    id,
    form_id: formId,
    branch: 'IL',
    domain: 'visanet.co.il',
    payment_processor: 'stripe',
    payment_id: `pi_TEST${id}`,
    amount: 249,
    currency: 'ILS',
    coupon: null,
    status: 'active',
  };
}

function form(id: string, now: Date) {
  return {
    id,
    country: 'india',
    client: {
      name: 'דנה לדוגמה',
      email: 'dana.example@example.test',
      phone: { code: '972', number: '0500000001' },
      whatsappAlertsEnabled: true,
    },
    product: PRODUCT,
    quantity: 1,
    urgency: 'none',
    termsAgreed: true,
    meta: { branch: 'il', domain: 'visanet.co.il', timestamp: now.getTime(), revision: 1 },
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    applicants: [
      {
        id: 'apl_Zy9xWv6uTs3r',
        passport: {
          nationality: 'ISR',
          firstName: 'DANA',
          lastName: 'LEDUGMA',
          sex: 'f',
          number: 'X00000001',
        },
      },
    ],
  };
}

const PRODUCT = {
  name: 'india_tourist_year',
  country: 'india',
  docType: 'evisa',
  docName: 'eVisa',
  entries: 'multiple',
  intent: 'tourism',
  validity: 'year',
  valid_since: 'approval',
  wait: 3,
  price: { ils: 249 },
};
