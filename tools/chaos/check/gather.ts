import type { Stage } from '../faults/stage.ts';
import type { Allowed } from '../scenario.ts';
import type { Balance, DeliveryRow, Doubt, EffectRow, Evidence } from './evidence.ts';

const epoch = (column: string): string => `extract(epoch from ${column})::float8 * 1000`;

const deliveryRows = `select id, coalesce(order_id, '') as "orderId", encode(body_hash, 'hex') as hash, outcome, state,
  repeats, position::int, ${epoch('received_at')} as "receivedAt" from deliveries where kind = 'order'`;

const effectRows = `select e.id, e.order_id as "orderId", e.kind, e.semantic_key as key, e.state, e.reason, e.attempt,
  ${epoch('coalesce(e.accepted_at, e.uncertain_at, e.failed_at, e.skipped_at)')} as "endedAt",
  case when m.read_at is not null then 'read' when m.delivered_at is not null then 'delivered'
    when m.sent_at is not null then 'sent' end as receipt
  from effects e left join messages m on m.effect_id = e.id where e.purpose in ('contact', 'confirmation')`;

interface Observed {
  readonly allowed: Allowed;
  readonly doubts: readonly Doubt[];
  readonly quietAfterMs: number | undefined;
}

/** Collects what the answers, the database and the simulators say after a run. */
export async function gather(stage: Stage, observed: Observed): Promise<Evidence> {
  const { owner, simulators, shop, journal, system } = stage;
  const orders = await owner.rows<{ id: string }>('select order_id as id from orders');
  const ends = system.reports.filter((line) => / ended \(/.test(line));
  return {
    ...observed,
    posted: shop.posted.map(({ planned: { body: _, change: __, dueMs: ___, ...planned }, answers }) => ({
      planned,
      answers,
    })),
    deliveries: await owner.rows<DeliveryRow & Record<string, unknown>>(deliveryRows),
    orders: orders.map(({ id }) => id),
    effects: await owner.rows<EffectRow & Record<string, unknown>>(effectRows),
    balance: await ledger(stage),
    sends: (await simulators.sends()).confirmationsByOrder,
    sendCalls: await simulators.sendCalls(),
    contacts: await simulators.contacts(),
    blows: journal.blows,
    causesGone: journal.causesGone,
    unasked: without(
      ends,
      journal.blows.map(({ end }) => end ?? ''),
    ),
    pausedQueues: await pausedQueues(stage),
    ownErrors: await ownErrors(stage),
  };
}

/** As an operator's tool reads it. */
async function ledger({ system }: Stage): Promise<Balance> {
  const headers = { 'x-api-key': system.secrets.adminApiKey };
  const response = await fetch(`${system.urls.backend}/api/v1/ledger/balance`, { headers });
  if (!response.ok) throw new Error(`The ledger answered ${response.status}`);
  return ((await response.json()) as { data: Balance }).data;
}

/** BullMQ keeps a pause in a queue's `meta` hash. */
async function pausedQueues({ system }: Stage): Promise<string[]> {
  return await system.withRedis(async (redis) => {
    const paused: string[] = [];
    for await (const keys of redis.scanStream({ match: '*:meta' }) as AsyncIterable<string[]>)
      for (const key of keys) if (await redis.hexists(key, 'paused')) paused.push(key);
    return paused;
  });
}

async function ownErrors({ system }: Stage): Promise<string[]> {
  const logs = await Promise.all(system.names.map(async (name) => (await system.log(name)).split('\n')));
  return logs.flat().filter((line) => /INTERNAL_ERROR|delivery\.failed/.test(line));
}

/** Removes each of `taken` once. */
function without(lines: readonly string[], taken: readonly string[]): string[] {
  const left = [...lines];
  for (const line of taken) {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
