import { journalRows, ordersModel } from '@visapi/backend-testing';

type Effect = journalRows.EffectRecord;
type Message = journalRows.MessageRecord;

export interface Scene {
  readonly title: string;
  readonly journal: journalRows.Journal;
  readonly claim: journalRows.ClaimRecord;
  readonly token: string;
}

export const ids = {
  target: '11111111-0000-4000-8000-000000000001',
  contact: '22222222-0000-4000-8000-000000000002',
  sibling: '33333333-0000-4000-8000-000000000003',
  again: '44444444-0000-4000-8000-000000000004',
  elsewhere: '55555555-0000-4000-8000-000000000005',
  planned: '66666666-0000-4000-8000-000000000006',
  token: '77777777-0000-4000-8000-000000000007',
  otherToken: '88888888-0000-4000-8000-000000000008',
  second: 'aaaaaaaa-0000-4000-8000-00000000000a',
  fresh: '99999999-0000-4000-8000-000000000009',
} as const;
export const orderId = 'IL260105IN1';
const otherOrderId = 'IL260105IN2';
export const phone = '+972501000001';
const minute = 60_000;

/** Deterministic: the same scenes every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

interface Variant {
  readonly name: string;
  readonly effect: (base: number) => Partial<Effect>;
  readonly message?: (base: number) => Partial<Message>;
}

const claimed = (base: number, leaseMs: number) => ({
  state: 'claimed' as const,
  attempt: 2,
  claimToken: ids.token,
  claimedAt: base - minute,
  firstClaimedAt: base - 2 * minute,
  leaseUntil: base + leaseMs,
});
const done = (base: number) => ({ ...claimed(base, 0), leaseUntil: null });
const bound = (binding: Message['binding'], times: Partial<Message> = {}) => ({
  providerMessageId: 'wamid.target',
  binding,
  ...times,
});

const shared: readonly Variant[] = [
  { name: 'planned', effect: () => ({}) },
  { name: 'planned, later', effect: (base) => ({ dueAt: base + 5 * minute }) },
  { name: 'planned, just queued', effect: (base) => ({ queuedAt: base - 2_000 }) },
  { name: 'claimed', effect: (base) => claimed(base, 90_000) },
  { name: 'claimed, lease expired', effect: (base) => claimed(base, -5_000) },
  {
    name: 'accepted',
    effect: (base) => ({ ...done(base), state: 'accepted', acceptedAt: base - 3 * minute }),
  },
  {
    name: 'failed',
    effect: (base) => ({ ...done(base), state: 'failed', failedAt: base - minute, reason: 'http-400' }),
  },
  {
    name: 'given up by its job',
    effect: (base) => ({ state: 'failed', failedAt: base - minute, tries: 3, reason: 'job-failed' }),
  },
  { name: 'skipped', effect: (base) => ({ state: 'skipped', skippedAt: base - minute, reason: 'stale' }) },
  {
    name: 'withheld',
    effect: (base) => ({ state: 'skipped', skippedAt: base - minute, reason: 'no-consent' }),
  },
];

const uncertain = (base: number, reason: string) =>
  ({ ...done(base), state: 'uncertain', uncertainAt: base - minute, reason }) as const;

const messagesOnly: readonly Variant[] = [
  { name: 'uncertain', effect: (base) => uncertain(base, 'time-out') },
  { name: 'uncertain, silent', effect: (base) => uncertain(base, 'lease-expired') },
  {
    name: 'uncertain, silent for long',
    effect: (base) => ({ ...uncertain(base, 'lease-expired'), claimedAt: base - 9 * minute }),
  },
  {
    name: 'contact failed',
    effect: (base) => ({ state: 'failed', failedAt: base - minute, reason: 'contact-failed' }),
  },
  {
    name: 'settled by a receipt under way',
    effect: (base) => ({ ...done(base), state: 'accepted' }),
    message: (base) => bound('inferred', { sentAt: base - minute }),
  },
  {
    name: 'settled by a receipt, uncertain before',
    effect: (base) => ({
      ...done(base),
      state: 'accepted',
      acceptedAt: base - minute,
      uncertainAt: base - 2 * minute,
    }),
    message: (base) => bound('inferred', { sentAt: base - minute, readAt: base - minute }),
  },
  {
    name: 'accepted and bound',
    effect: (base) => ({ ...done(base), state: 'accepted', acceptedAt: base - 3 * minute }),
    message: (base) => bound('inferred', { deliveredAt: base - minute }),
  },
  {
    name: 'settled by a receipt that names it',
    effect: (base) => ({ ...done(base), state: 'accepted' }),
    message: () => bound('callback'),
  },
  {
    name: 'failed by a receipt under way',
    effect: (base) => ({ ...done(base), state: 'failed', failedAt: base - minute, reason: 'meta-131026' }),
    message: (base) => bound('inferred', { failedAt: base - minute }),
  },
  {
    name: 'failed by a receipt after all',
    effect: (base) => ({
      ...done(base),
      state: 'failed',
      acceptedAt: base - 3 * minute,
      failedAt: base - minute,
    }),
    message: (base) => bound('inferred', { sentAt: base - 2 * minute, failedAt: base - minute }),
  },
];

const targets = [
  ...shared.map((variant) => ({ variant, kind: 'contact', purpose: 'contact' }) as const),
  ...(['confirmation', 'visa', 'issues'] as const).flatMap((purpose) =>
    [...shared, ...messagesOnly].map((variant) => ({ variant, kind: 'message', purpose }) as const),
  ),
];

/**
 * Every state an effect can be in, of every kind and purpose, met by the attempt that claimed it and by an older one; what
 * surrounds it (its contact, other messages, receipts, a change that waits, a later demand) is drawn by lot, several times.
 */
export function scenes(base: number, draws: number, named: 'newest' | 'every'): Scene[] {
  return targets.flatMap((target, index) =>
    (named === 'every' ? [2, 1] : [2]).flatMap((attempt) =>
      Array.from({ length: draws }, (_, draw) => {
        const roll = dice(1 + index * 1_000 + attempt * 100 + draw);
        roll(2);
        const journal = sceneOf(base, target, roll);
        const claim = { effectId: ids.target, attempt: attempt === 2 ? attemptOf(journal) : 1 };
        const title = `${target.purpose}: ${target.variant.name} (attempt ${claim.attempt}, draw ${draw})`;
        const token = roll(3) === 0 ? ids.otherToken : ids.token;
        return { title, journal, claim, token };
      }),
    ),
  );
}

const attemptOf = (journal: journalRows.Journal) =>
  Number(journalRows.effectOf(journal, ids.target)?.attempt);

function sceneOf(base: number, target: (typeof targets)[number], roll: (sides: number) => number) {
  const { kind, purpose, variant } = target;
  const isOld = purpose === 'issues' && roll(3) === 0;
  const planned = { ...ordersModel.owed(base - (isOld ? 1_500 : 10) * minute), lane: phone, orderId };
  const awaitsContact = kind === 'contact' || roll(4) > 0;
  const effect: Effect = {
    ...planned,
    id: ids.target,
    kind,
    purpose,
    semanticKey:
      kind === 'contact' ? `contact:${orderId}:2${roll(3) ? '' : `:resync:${ids.target}`}` : 'message:target',
    awaitsContact,
    ...variant.effect(base),
  };
  const bystanders = bystandersOf(base, effect, roll);
  const message = { ...messageOf(ids.target, roll), ...variant.message?.(base) };
  const messages = kind === 'message' ? [message] : [];
  return {
    effects: [effect, ...bystanders.effects],
    messages: [...messages, ...bystanders.messages],
    orders: [orderOf(base, orderId, 1, roll), orderOf(base, otherOrderId, roll(2) ? 2 : 0, roll)],
    receipts: receiptsOf(base, message.providerMessageId, roll),
    contacts: roll(2)
      ? [{ phone, cbbContactId: 'cbb-1', version: `${orderId}@1`, confirmedFields: ['email'] }]
      : [],
    openDeliveries: roll(5) === 0 ? [orderId] : [],
    facts: [],
  };
}

function messageOf(id: string, roll: (sides: number) => number): Message {
  const plain = ordersModel.worded(id, roll(8) ? phone : null, roll(8) ? '["now"]' : null);
  const next = [
    {},
    {},
    { nextState: 'planned', nextPhone: '+972501000009', nextParameters: '["next"]' } as const,
    { nextState: 'skipped', nextReason: 'no-consent' } as const,
  ];
  return { ...plain, ...next[roll(next.length)] };
}

function orderOf(base: number, id: string, position: number, roll: (sides: number) => number) {
  return {
    orderId: id,
    branch: roll(8) ? 'il' : 'co',
    clientPhone: roll(8) ? phone : null,
    deliveryPosition: position,
    contentVersion: 1 + roll(2),
    firstReceivedAt: base - (roll(4) ? 10 * minute : 5_000 * minute),
    cbbSynced: roll(2) === 0,
    whatsappConfirmationSent: roll(2) === 0,
  };
}

/** Contact, other messages and a resend of the target's order, and a contact of another order of the phone. */
function bystandersOf(base: number, target: Effect, roll: (sides: number) => number) {
  const planned = { ...ordersModel.owed(base - 20 * minute), lane: phone, orderId };
  const one = (from: readonly Variant[]) => from[roll(from.length)]?.effect(base);
  const effects: Effect[] = [];
  const contact = { kind: 'contact', purpose: 'contact' } as const;
  const isLaneFree = () =>
    !effects.concat(target).some(({ kind, state }) => kind === 'contact' && state === 'claimed');
  const addContact = (id: string, key: string, changes: Partial<Effect>) => {
    const added = { ...planned, ...contact, id, semanticKey: key, ...one(shared), ...changes };
    effects.push(
      added.state === 'claimed' && !isLaneFree()
        ? { ...added, lane: `+97250999999${effects.length}` }
        : added,
    );
  };
  if (roll(5))
    addContact(ids.contact, `contact:${orderId}:1`, { plannedAt: base - (roll(2) ? 30 : 5) * minute });
  if (roll(2)) addContact(ids.elsewhere, `contact:${otherOrderId}:1`, { orderId: otherOrderId });
  const own = { kind: 'message', purpose: 'confirmation' } as const;
  const messages: Message[] = [];
  if (roll(2)) {
    const sibling = { ...planned, ...own, id: ids.sibling, semanticKey: 'message:sibling' };
    effects.push({ ...sibling, ...one([...shared, ...messagesOnly]), awaitsContact: roll(3) > 0 });
    messages.push(messageOf(ids.sibling, roll));
  }
  if (target.kind === 'message' && roll(4) === 0) {
    const again = { ...planned, kind: 'message', purpose: target.purpose, resendOf: ids.target } as const;
    effects.push({ ...again, id: ids.again, semanticKey: 'message:again' });
    messages.push(messageOf(ids.again, roll));
  }
  return { effects, messages };
}

function receiptsOf(base: number, providerMessageId: string | null, roll: (sides: number) => number) {
  const statuses = ['sent', 'delivered', 'read', 'failed'];
  return Array.from({ length: roll(4) }, (_, index) => {
    const isOwn = providerMessageId !== null && roll(3) > 0;
    return {
      position: 1_001 + index,
      providerMessageId: isOwn ? providerMessageId : `wamid.other${roll(2)}`,
      status: String(statuses[roll(4)]),
      occurredAt: base - minute - index * 1_000,
      receivedAt: base - (roll(5) ? minute : 26 * 60 * minute),
      recipient: phone.slice(1),
      callbackData: null,
      errorCode: roll(2) ? '131026' : null,
      messageId: isOwn && roll(2) ? ids.target : null,
      disowned: !isOwn && roll(4) === 0,
    };
  });
}
