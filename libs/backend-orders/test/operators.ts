import { journalRows, messagesModel, ordersModel } from '@visapi/backend-testing';
import { decideResend, resentConfirmation } from '../src/resend.js';
import type { Plan } from './plan.js';
import type { Shop } from './shop.js';
import type { Process, World } from './world.js';

type Act = Plan['operators'][number];

/** An operator looks now and then, and acts once, when there is something to act upon. */
export async function operate(process: Process, shop: Shop, act: Act): Promise<void> {
  for (let look = 0; look < 25; look += 1) {
    await process.world.turn(`operator: ${act}?`);
    if (act === 'settle' ? settle(process.world) : resend(process.world, shop, act)) return;
  }
}

/** What he finds out is the truth: whether the vendor has taken the message by now. */
function settle(world: World): boolean {
  const uncertain = world.journal.effects.find(({ state }) => state === 'uncertain');
  const found = uncertain && messagesModel.lockToSettle(world.journal, world.now, uncertain.id);
  if (!found) return false;
  const { id } = uncertain;
  if (world.wasTaken(id)) {
    world.say(`operator: ${id} went out`);
    world.write(messagesModel.settleAsSent(world.journal, world.now, id));
    return true;
  }
  if (found.mayBeAnswered) return false;
  for (const send of world.sends) if (send.effectId === id) send.isDenied = true;
  const state = world.write(messagesModel.settleAsNotSent(world.journal, world.now, id));
  world.say(`operator: ${id} never went out, ${String(state)}`);
  if (state === 'planned') world.outbox.push({ kind: 'send', id });
  return true;
}

function resend(world: World, shop: Shop, act: Exclude<Act, 'settle'>): boolean {
  const orderId = world.journal.orders[0]?.orderId;
  const row = orderId === undefined ? undefined : shop.row(orderId);
  if (orderId === undefined || !row) return false;
  const effects = world.journal.effects
    .filter((effect) => effect.orderId === orderId)
    .map((effect) => ({ ...effect, plannedAt: new Date(effect.plannedAt) }));
  const wish = { phone: null, force: act === 'force', repeat: act === 'repeat' };
  const decision = decideResend(row, effects as never, wish);
  if (decision.state === 'refused') return false;
  world.say(`operator: ${decision.state} (${act})`);
  if (decision.state === 'already-sent') return true;
  world.ask(orderId);
  const how = { awaitsContact: true, correlationId: 'simulated' };
  const { effect, message } = resentConfirmation(orderId, world.newId('message'), decision, how);
  const planned = {
    effect: { ...ordersModel.owed(world.now), ...effectOf(effect.id, orderId, effect.semanticKey, decision) },
    message: ordersModel.worded(effect.id, decision.phone, String(message.parameters)),
  };
  const plan = { pauseMs: 0, contactId: world.newId('contact') };
  world.write(ordersModel.planMessages(world.journal, world.now, orderId, [planned], plan));
  return true;
}

function effectOf(
  id: string,
  orderId: string,
  semanticKey: string,
  { phone: lane, resendOf }: { readonly phone: string; readonly resendOf: string | null },
): Pick<
  journalRows.EffectRecord,
  'id' | 'kind' | 'purpose' | 'semanticKey' | 'orderId' | 'lane' | 'resendOf'
> {
  return { id, kind: 'message', purpose: 'confirmation', semanticKey, orderId, lane, resendOf };
}
