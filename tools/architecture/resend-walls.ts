/** Where a template may be sent, or its sending be written down: one place calls it, once. */
export const SENDING: {
  readonly sender: string;
  readonly makers: readonly string[];
} = {
  sender: 'libs/backend-messaging/src/jobs/send-message.processor.ts',
  makers: ['libs/backend-providers/src/cbb/client.ts', 'libs/backend-providers/src/cbb/fake.ts'],
};

/** Every statement, or condition of one, that may take a message out of `uncertain`, and by whose word (ADR 6). */
export const LEAVES_UNCERTAIN: readonly {
  readonly file: string;
  readonly within: string;
  readonly why: string;
}[] = [
  { file: 'effects/effects.repository.ts', within: 'release', why: 'the late answer of the same attempt' },
  { file: 'effects/effects.repository.ts', within: 'fail', why: 'the late answer of the same attempt' },
  { file: 'effects/end-step.ts', within: 'endStep', why: 'ends what its callers hold; they name the states' },
  {
    file: 'messaging/mark-messages-accepted.ts',
    within: 'markMessagesAccepted',
    why: 'the late answer of the same attempt',
  },
  {
    file: 'messaging/give-back.ts',
    within: 'giveBack',
    why: 'the late answer or an operator: certainly not sent',
  },
  { file: 'messaging/give-back.ts', within: 'mayBeGivenBack', why: 'a condition; giveBack moves by it' },
  { file: 'messaging/receipts.repository.ts', within: 'apply', why: 'a receipt' },
  { file: 'messaging/settle-message.ts', within: 'settleAsSent', why: 'an operator who has found it out' },
  { file: 'messaging/settle-message.ts', within: 'settleAsNotSent', why: 'an operator who has found it out' },
];

/** Functions that move what their caller holds, and who may call them. */
export const MOVES_WHAT_IS_HELD: Readonly<Record<string, readonly string[]>> = {
  giveBack: ['messaging/give-back.ts', 'messaging/messages.repository.ts', 'messaging/settle-message.ts'],
  endStep: ['effects/end-step.ts', 'effects/effects.repository.ts'],
};
