import { createHmac } from 'node:crypto';
import { momentsIn, type Random } from '../random.ts';
import type { Fault } from '../scenario.ts';
import { type Stage, untilDrawn, untilShare } from './stage.ts';
import { setTimeout as pause } from 'node:timers/promises';

const statuses = ['sent', 'delivered', 'read'] as const;
const strangersPerBody = 20;

export async function disturbVendors(
  stage: Stage,
  { faults, until }: Extract<Fault, { kind: 'vendor' }>,
): Promise<void> {
  for (const fault of faults) await stage.simulators.fault(fault);
  await untilShare(stage, until);
  await stage.simulators.heal();
  const modes = new Set(faults.map(({ mode }) => mode));
  stage.journal.note([...modes].join(', '));
  stage.journal.gone();
}

/** Receipts of messages that others have sent from the same number, to people who never ordered. */
export async function sendStrangersReceipts(
  stage: Stage,
  { times, window }: Extract<Fault, { kind: 'stranger-receipts' }>,
  random: Random,
): Promise<void> {
  for (const [round, moment] of momentsIn(random, times, ...window).entries()) {
    await untilShare(stage, moment);
    await postReceipts(stage, round);
  }
  stage.journal.note(`${times * strangersPerBody} receipts of strangers`);
}

async function postReceipts({ system }: Stage, round: number): Promise<void> {
  const body = JSON.stringify(strangersBody(round));
  const signature = createHmac('sha256', system.secrets.wabaAppSecret).update(body).digest('hex');
  const response = await fetch(`${system.urls.backend}/api/v1/webhooks/whatsapp`, {
    method: 'POST',
    body,
    headers: { 'x-hub-signature-256': `sha256=${signature}` },
  });
  if (response.status !== 200) throw new Error(`Receipts of strangers were answered ${response.status}`);
}

function strangersBody(round: number): unknown {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const statusesOf = Array.from({ length: strangersPerBody }, (_, index) => ({
    id: `wamid.STRANGER${round}x${index}`,
    status: statuses[index % statuses.length],
    timestamp,
    recipient_id: `97277${String(round * strangersPerBody + index).padStart(7, '0')}`,
  }));
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '972700000000', phone_number_id: '100000000000001' },
    statuses: statusesOf,
  };
  const entry = [{ id: '200000000000001', changes: [{ value, field: 'messages' }] }];
  return { object: 'whatsapp_business_account', entry };
}

/**
 * Plays a worker that was frozen between the vendor's "not now" and its own record of it: once another attempt holds the
 * message, it gives back what its first one had claimed (`MessagesRepository.release`). Its fencing token must stop it.
 */
export async function releaseLate(
  stage: Stage,
  { window }: Extract<Fault, { kind: 'late-worker' }>,
  random: Random,
): Promise<void> {
  await untilDrawn(stage, random, [window[0], window[0]]);
  const ends = stage.beganAt + window[1] * stage.loadMs;
  let released = 0;
  while (performance.now() < ends) {
    const rows = await stage.owner.rows<{ id: string }>(
      `with retried as (select id from effects where kind = 'message' and state = 'claimed'
         and evidence ? 'status' and claimed_at < clock_timestamp() - interval '300 ms')
       update effects e set state = 'planned', lease_until = null, due_at = clock_timestamp(),
         queued_at = clock_timestamp() - interval '1 minute'
       from retried where e.id = retried.id and e.attempt = 1 and e.state = 'claimed' returning e.id`,
    );
    released += rows.length;
    await pause(100);
  }
  stage.journal.note(`a late worker gave back ${released} messages of others`);
  stage.journal.gone();
}
