import { plainNumber } from '@visapi/backend-messaging';
import { findDestination, visaTextHebrew } from '@visapi/backend-orders';

/** What staff's Airtable says of an order, as far as its customer may be told. */
export interface StaffOrder {
  readonly status: string | null;
  readonly domainBranch: string | null;
  readonly country: string | null;
  readonly type: string | null;
  readonly intent: string | null;
  readonly entryCount: string | null;
  readonly validity: string | null;
}

/**
 * What the chatbot answers a customer who asks how an order stands, in Hebrew with WhatsApp's `*bold*`. Undefined for
 * other branches, for states that staff explain themselves (issue, canceled), and when what was bought is not known.
 * @param days business days of the order, when they are known
 */
export function statusText(order: StaffOrder, days: number | null): string | undefined {
  if (!/^IL\b/i.test(order.domainBranch ?? '')) return undefined;
  const destination = findDestination(order.country);
  const visa = visaTextHebrew({
    productDocType: order.type,
    productIntent: order.intent,
    productEntries: order.entryCount,
    productValidity: order.validity,
  });
  if (!destination || visa === undefined) return undefined;
  const what = `*${visa}* ל*${destination.hebrew}* ${destination.flag}`;
  switch (stateOf(order.status)) {
    case 'active':
      return [`הבקשה שלך ${what} ממתינה לאישור.`, ...upTo(days)].join('\n');
    case 'processing':
      return [`הבקשה שלך ${what} נמצאת בטיפול.`, ...upTo(days)].join('\n');
    case 'completed':
      return `הבקשה שלך ${what} *אושרה*.`;
    case 'other':
      return undefined;
  }
}

function stateOf(status: string | null): 'active' | 'processing' | 'completed' | 'other' {
  const word = (status ?? '').toLowerCase();
  // "Inactive" is not active.
  if (/\bactive\b/.test(word)) return 'active';
  if (/\bprocessing\b/.test(word)) return 'processing';
  return /\bcompleted\b/.test(word) ? 'completed' : 'other';
}

function upTo(days: number | null): string[] {
  const number = days === null || days <= 0 ? undefined : plainNumber(String(days));
  if (number === undefined) return [];
  return [days === 1 ? 'זמן הטיפול: עד *יום עסקים אחד*.' : `זמן הטיפול: עד *${number} ימי עסקים*.`];
}
