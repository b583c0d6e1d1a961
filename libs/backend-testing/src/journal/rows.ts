/**
 * The rows that effects, messages and receipts consist of, as plain data: what the statements of backend-repositories do
 * to them is written down once more, in pure functions, in this folder. `journal-conformance.int-spec.ts` holds both
 * against each other on a real Postgres; simulations run the functions. Times are milliseconds; 0 stands for none in no
 * place, null does.
 */
export type EffectState = 'planned' | 'claimed' | 'accepted' | 'failed' | 'uncertain' | 'skipped';

export interface EffectRecord {
  readonly id: string;
  readonly kind: 'contact' | 'message';
  readonly purpose: 'contact' | 'confirmation' | 'issues' | 'visa';
  readonly semanticKey: string;
  readonly orderId: string;
  readonly lane: string;
  readonly state: EffectState;
  readonly reason: string | null;
  readonly attempt: number;
  /** Tries that count against the job's policy. */
  readonly tries: number;
  readonly claimToken: string | null;
  readonly leaseUntil: number | null;
  readonly dueAt: number;
  readonly queuedAt: number | null;
  readonly plannedAt: number;
  readonly firstClaimedAt: number | null;
  readonly claimedAt: number | null;
  readonly acceptedAt: number | null;
  readonly failedAt: number | null;
  readonly uncertainAt: number | null;
  readonly skippedAt: number | null;
  readonly awaitsContact: boolean;
  readonly resendOf: string | null;
}

/** Words are text here; the table holds their bytes. */
export interface MessageRecord {
  readonly effectId: string;
  readonly phone: string | null;
  readonly parameters: string | null;
  readonly nextState: 'planned' | 'skipped' | null;
  readonly nextReason: string | null;
  readonly nextPhone: string | null;
  readonly nextParameters: string | null;
  readonly providerMessageId: string | null;
  readonly binding: 'callback' | 'inferred' | null;
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  readonly failedAt: number | null;
}

export interface OrderRecord {
  readonly orderId: string;
  readonly branch: string;
  readonly clientPhone: string | null;
  readonly deliveryPosition: number;
  readonly contentVersion: number;
  readonly firstReceivedAt: number;
  readonly cbbSynced: boolean;
  readonly whatsappConfirmationSent: boolean;
}

export interface ReceiptRecord {
  readonly position: number;
  readonly providerMessageId: string;
  readonly status: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly recipient: string;
  readonly callbackData: string | null;
  readonly errorCode: string | null;
  readonly messageId: string | null;
  readonly disowned: boolean;
}

export interface ContactRecord {
  readonly phone: string;
  readonly cbbContactId: string | null;
  readonly version: string | null;
  readonly confirmedFields: readonly string[];
}

/** What a statement tells of an order so that somebody goes on with it. Facts that only tell are not part of the model. */
export interface FactRecord {
  readonly orderId: string;
  readonly type: string;
  readonly effectIds: readonly string[];
}

export interface Journal {
  readonly effects: readonly EffectRecord[];
  readonly messages: readonly MessageRecord[];
  readonly orders: readonly OrderRecord[];
  readonly receipts: readonly ReceiptRecord[];
  readonly contacts: readonly ContactRecord[];
  /** Ids of orders with a delivery that waits to be interpreted, one per delivery. */
  readonly openDeliveries: readonly string[];
  readonly facts: readonly FactRecord[];
}

export interface ClaimRecord {
  readonly effectId: string;
  readonly attempt: number;
}

/** What a statement leaves behind and what it answers. */
export type Step<T> = readonly [Journal, T];

export const emptyJournal: Journal = {
  effects: [],
  messages: [],
  orders: [],
  receipts: [],
  contacts: [],
  openDeliveries: [],
  facts: [],
};

export function effectOf(journal: Journal, id: string): EffectRecord | undefined {
  return journal.effects.find((effect) => effect.id === id);
}

export function messageOf(journal: Journal, effectId: string): MessageRecord | undefined {
  return journal.messages.find((message) => message.effectId === effectId);
}

export function orderOf(journal: Journal, orderId: string): OrderRecord | undefined {
  return journal.orders.find((order) => order.orderId === orderId);
}

/** Changes the effects that fit; the others stay the very same objects. */
export function changeEffects(
  journal: Journal,
  fits: (effect: EffectRecord) => boolean,
  change: (effect: EffectRecord) => Partial<EffectRecord>,
): Journal {
  const effects = journal.effects.map((effect) => (fits(effect) ? { ...effect, ...change(effect) } : effect));
  return { ...journal, effects };
}

export function changeMessage(journal: Journal, effectId: string, change: Partial<MessageRecord>): Journal {
  const messages = journal.messages.map((message) =>
    message.effectId === effectId ? { ...message, ...change } : message,
  );
  return { ...journal, messages };
}

export function changeOrder(journal: Journal, orderId: string, change: Partial<OrderRecord>): Journal {
  const orders = journal.orders.map((order) => (order.orderId === orderId ? { ...order, ...change } : order));
  return { ...journal, orders };
}

/** Appends a fact that wakes somebody. */
export function tell(journal: Journal, orderId: string, type: string, effectIds: readonly string[]): Journal {
  return { ...journal, facts: [...journal.facts, { orderId, type, effectIds }] };
}

/** The contact that was planned last: it alone decides whether the order's customer may be told. */
export function newestContact(journal: Journal, orderId: string): EffectRecord | undefined {
  const contacts = journal.effects.filter(
    (effect) => effect.orderId === orderId && effect.kind === 'contact',
  );
  return contacts.reduce<EffectRecord | undefined>(
    (newest, contact) => (newest && newest.plannedAt >= contact.plannedAt ? newest : contact),
    undefined,
  );
}

export function isContactReady(journal: Journal, { awaitsContact, orderId }: EffectRecord): boolean {
  return !awaitsContact || (newestContact(journal, orderId)?.acceptedAt ?? null) !== null;
}
