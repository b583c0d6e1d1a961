import fc from 'fast-check';

/** How the CRM treats one send: what it does, and what it says. */
export const sendFates = ['accept', 'silent', 'odd', 'lost', 'busy', 'no', 'refuse'] as const;
export type SendFate = (typeof sendFates)[number];

/** How the CRM treats one write of a contact. */
export const writeFates = ['ok', 'fails before', 'fails after', 'refuses'] as const;
export type WriteFate = (typeof writeFates)[number];

export interface Saying {
  readonly phone: number;
  readonly name: number;
  readonly isCanceled: boolean;
  readonly wantsMessages: boolean;
}

export interface ReceiptFate {
  readonly statuses: readonly ('sent' | 'delivered' | 'read' | 'failed')[];
  /** Whether Meta passes our own id on. */
  readonly namesUs: boolean;
}

/** Everything about a history that is not the order of its steps. */
export interface Plan {
  /** Per order what the shop says of it, one delivery after the other. */
  readonly orders: readonly (readonly Saying[])[];
  readonly sends: readonly SendFate[];
  readonly writes: readonly WriteFate[];
  readonly receipts: readonly ReceiptFate[];
  /** Receipts of messages that somebody else sent to the first phone. */
  readonly foreign: readonly ReceiptFate[];
  /** After how many steps a process dies. */
  readonly deaths: readonly number[];
  /** Which claims the database grants without its answer arriving. */
  readonly unheardClaims: readonly number[];
  /** Seconds. */
  readonly clock: readonly number[];
  readonly operators: readonly ('settle' | 'resend' | 'force' | 'repeat')[];
  readonly redisForgets: boolean;
}

const saying: fc.Arbitrary<Saying> = fc.record({
  phone: fc.nat(1),
  name: fc.nat(2),
  isCanceled: fc.nat(9).map((roll) => roll === 9),
  wantsMessages: fc.nat(5).map((roll) => roll < 5),
});

const receiptFate: fc.Arbitrary<ReceiptFate> = fc.record({
  statuses: fc.oneof(
    { weight: 5, arbitrary: fc.shuffledSubarray(['sent', 'delivered', 'read'] as const) },
    { weight: 1, arbitrary: fc.shuffledSubarray(['sent', 'failed', 'read'] as const) },
    { weight: 2, arbitrary: fc.constant(['sent', 'sent', 'read'] as const) },
  ),
  namesUs: fc.nat(3).map((roll) => roll === 3),
});

const sendFate = fc.oneof(
  { weight: 4, arbitrary: fc.constant('accept' as const) },
  { weight: 6, arbitrary: fc.constantFrom(...sendFates) },
);
const writeFate = fc.oneof(
  { weight: 4, arbitrary: fc.constant('ok' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...writeFates) },
);

export const plan: fc.Arbitrary<Plan> = fc.record({
  orders: fc.array(fc.array(saying, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  sends: fc.array(sendFate, { maxLength: 5 }),
  writes: fc.array(writeFate, { maxLength: 4 }),
  receipts: fc.array(receiptFate, { maxLength: 4 }),
  foreign: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(receiptFate, { minLength: 1, maxLength: 2 }) },
  ),
  deaths: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  unheardClaims: fc.array(fc.nat(4), { maxLength: 1 }),
  clock: fc.array(fc.constantFrom(1, 6, 16, 31, 130, 1_800), { minLength: 2, maxLength: 6 }),
  operators: fc.array(fc.constantFrom('settle', 'resend', 'force', 'repeat'), { maxLength: 2 }),
  redisForgets: fc.boolean(),
});

const nothingFails = {
  sends: fc.constant([]),
  writes: fc.constant([]),
  receipts: fc.constant([]),
  foreign: fc.constant([]),
  deaths: fc.constant([]),
  unheardClaims: fc.constant([]),
  clock: fc.constant([]),
  operators: fc.constant([]),
  redisForgets: fc.constant(false),
};

/** Nothing fails, but one order changes twice: what a change may race with is met often. */
export const changes: fc.Arbitrary<Plan> = fc.record({
  ...nothingFails,
  orders: fc.tuple(fc.array(saying, { minLength: 3, maxLength: 3 })),
});

/** Nothing fails, but time passes and an operator settles what is uncertain: whoever stands still meanwhile comes too late. */
export const standstills: fc.Arbitrary<Plan> = fc.record({
  ...nothingFails,
  orders: fc.tuple(
    fc.tuple(
      fc.record({
        phone: fc.constant(0),
        name: fc.constant(0),
        isCanceled: fc.constant(false),
        wantsMessages: fc.constant(true),
      }),
    ),
  ),
  clock: fc.tuple(fc.constant(16), fc.constant(130)),
  operators: fc.constant(['settle'] as const),
});
