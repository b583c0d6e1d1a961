/** What says whose an order is. */
interface Client {
  readonly orderId: string;
  readonly clientPhone?: string | null | undefined;
  readonly clientEmail?: string | null | undefined;
}

/** Whose an order is: one phone is one person; without it one e-mail address is, without that the order alone. */
export function personOf({ orderId, clientPhone, clientEmail }: Client): string {
  if (clientPhone) return `phone:${clientPhone}`;
  return clientEmail ? `email:${clientEmail.trim().toLowerCase()}` : `order:${orderId}`;
}

/** What staff report of an applicant may come before the order that says whose it is. */
export function applicantAsPerson(applicantId: string): string {
  return `applicant:${applicantId}`;
}

/** What Airtable shows of a record may come before the order that says whose it is. */
export function recordAsPerson(recordId: string): string {
  return `record:${recordId}`;
}
