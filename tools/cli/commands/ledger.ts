import type { LedgerBalance } from '@visapi/backend-operations';
import type { Command, Given } from '../command.ts';
import { openSystem } from '../system.ts';
import { listOf, tableOf } from '../table.ts';
import { periodOf, periodOptions } from '../times.ts';

export const ledgerCommand: Command = {
  name: 'ledger',
  summary:
    'balance what was received against what became of it, and name orders with a missing or doubled effect',
  usage: '[--from <time>] [--to <time>] [--json]',
  details: `Counts the rows anew, as GET /api/v1/ledger/balance does.

  --from, --to   what was received within this time only, such as 2026-01-05T00:00:00Z
  --json         prints the balance as JSON, with all uncertain orders and at most 1000 violations

The status is 1 when there is a violation: an order whose effects are not what an order owes. Uncertain messages are none:
they wait for a receipt or an operator.`,
  options: { ...periodOptions, json: { type: 'boolean' } },
  arguments: [],
  run: runLedger,
};

async function runLedger({ values, env }: Given): Promise<number> {
  const { from, to } = periodOf(values);
  const system = await openSystem(env);
  try {
    const { GetLedgerBalance } = await import('@visapi/backend-operations');
    const balance = await system.queries.execute(new GetLedgerBalance(from, to));
    const json = values['json'] === true;
    process.stdout.write(`${json ? JSON.stringify(balance, null, 2) : asText(balance)}\n`);
    return balance.violations.length > 0 ? 1 : 0;
  } finally {
    await system.close();
  }
}

function asText({ received, byState, oldestOpenSeconds, uncertain, violations }: LedgerBalance): string {
  const states = Object.entries(byState).map(([state, count]): [string, number] => [`  ${state}`, count]);
  const violated = violations.map(({ orderId, problem }) => `${orderId}  ${problem}`);
  return [
    ...tableOf([['received', received], ...states, ['violations', violations.length]]),
    ...(oldestOpenSeconds === null
      ? []
      : ['', `The oldest open order has waited for ${oldestOpenSeconds} s.`]),
    ...listOf('uncertain: may or may not have been told', uncertain, uncertain.length),
    ...listOf('violations', violated, violated.length),
  ].join('\n');
}
