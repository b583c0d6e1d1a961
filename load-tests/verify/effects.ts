import type { BenchContext } from '../benchmark.ts';
import { query } from '../system/query.ts';

interface SandboxCall {
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
}

interface EffectCount {
  readonly orders: number;
  readonly contacts: number;
  readonly confirmations: number;
  readonly wrong: number;
}

const COUNT = `
  with per_order as (
    select o.order_id,
      count(e.*) filter (where e.kind = 'contact' and e.state = 'accepted') as contacts,
      count(e.*) filter (where e.kind = 'message' and e.state = 'accepted') as confirmations
    from orders o left join effects e using (order_id) group by o.order_id
  )
  select count(*)::int as orders, coalesce(sum(contacts), 0)::int as contacts,
    coalesce(sum(confirmations), 0)::int as confirmations,
    count(*) filter (where contacts <> 1 or confirmations <> 1)::int as wrong
  from per_order`;

/** Each order: one synced contact and one accepted confirmation in the database, one send at the simulator. */
export async function verifyEffects(
  context: BenchContext,
  databaseUrl: string,
  expectedOrders: number,
): Promise<void> {
  const [counted] = await query<{ [Name in keyof EffectCount]: number }>(databaseUrl, COUNT);
  if (!counted) throw new Error('The count of effects answered nothing');
  if (counted.orders !== expectedOrders) {
    context.fault(`orders: ${expectedOrders} expected, ${counted.orders} in the database`);
  }
  if (counted.wrong > 0)
    context.fault(`effects: ${counted.wrong} orders without exactly one contact and one message`);
  context.say(
    `  verified: ${counted.orders} orders, ${counted.contacts} contacts, ${counted.confirmations} confirmations`,
  );
}

/** What the simulator heard since it was last reset: accepted calls by kind, and contacts told more than once. */
export async function countCalls(
  sandboxUrl: string,
): Promise<{ byKind: Record<string, number>; toldTwice: number }> {
  const response = await fetch(`${sandboxUrl}/_control/calls?vendor=cbb`);
  const calls = (await response.json()) as SandboxCall[];
  const byKind: Record<string, number> = {};
  const sends = new Map<string, number>();
  for (const { method, path } of calls) {
    const kind = `${method} ${path.replace(/\?.*/, '').replace(/\d{5,}/g, '{id}')}`;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    if (path.endsWith('/send_content')) sends.set(path, (sends.get(path) ?? 0) + 1);
  }
  return { byKind, toldTwice: [...sends.values()].filter((count) => count > 1).length };
}

export async function resetSandbox(sandboxUrl: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_control/reset`, { method: 'POST' });
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to a reset`);
}
