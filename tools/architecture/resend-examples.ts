import type { Refusal } from './examples.ts';

const processor = 'jobs/create-order.processor.ts';
const sender = '/messaging/src/jobs/send-message.processor.ts';

/** Ways in which a customer could be written to twice. */
export const resendRefusals: readonly Refusal[] = [
  ['oneSender', 'a second sender', processor, `await cbb.sendTemplate(message);`, 'sends by itself'],
  ['oneSender', 'one that goes around the client', 'order.ts', "call('/send_content');", 'sends by itself'],
  [
    'oneSender',
    'the sender sending twice',
    sender,
    'x.sendTemplate(a); x.sendTemplate(a);',
    'more than one place',
  ],
  [
    'uncertainIsSettled',
    'a sweep that sends again what is uncertain',
    '/repositories/src/effects/sweep.ts',
    "const again = () => sql`update effects set state = 'planned' where state in ('planned', 'uncertain')`;",
    '(again) may take a message out of uncertain',
  ],
  [
    'uncertainIsSettled',
    'one that takes whatever state it finds',
    '/repositories/src/effects/sweep.ts',
    "const again = () => sql`update effects e set state = 'planned' from old where e.id = old.id`;",
    'name the states',
  ],
  [
    'uncertainIsSettled',
    'one that is handed its condition',
    '/repositories/src/effects/sweep.ts',
    "const again = () => sql`with x as (select 1 where state = 'planned') update effects set state = 'planned' where ${held}`;",
    'name the states',
  ],
  [
    'uncertainIsSettled',
    'a condition for somebody else’s statement',
    '/repositories/src/effects/sweep.ts',
    "const held = sql`e.id = ${id} and e.state = 'uncertain'`;",
    '(held) may take',
  ],
  [
    'uncertainIsSettled',
    'a stranger who gives messages back',
    '/repositories/src/orders/follow.ts',
    `import { giveBack } from '../messaging/give-back.js';`,
    'not from here',
  ],
  [
    'uncertainIsSettled',
    'an update that nobody can read',
    '/repositories/src/orders/follow.ts',
    "db.updateTable('effects').set({ state });",
    'write it as SQL',
  ],
];
