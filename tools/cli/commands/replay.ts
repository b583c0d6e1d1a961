import type { Foreseen, ManyReplays, Replayed, ReplayHow } from '@visapi/backend-orders';
import { Problem } from '#services/problem.ts';
import { type Command, type Given, textOf } from '../command.ts';
import { orExplain } from '../refusal.ts';
import { ReplayReport } from '../replay-report.ts';
import { type OpenSystem, openSystem } from '../system.ts';
import { periodOf, periodOptions } from '../times.ts';

const choices = {
  mode: ['state', 'missing', 'force'],
  effect: ['contact', 'confirmation'],
  outcome: ['accepted', 'changed', 'skipped', 'rejected'],
  state: ['open', 'applied', 'failed', 'closed'],
} as const;

export const replayCommand: Command = {
  name: 'replay',
  summary:
    'have deliveries interpreted again, or their orders given what they lack; --dry-run shows it first',
  usage:
    '[<deliveryId>...] [--order <id>] [--outcome <outcome>] [--state <state>] [--from <time>] [--to <time>] [--mode state|missing|force] [--effect contact|confirmation] [--confirm <token>] [--reason <text>] [--dry-run] [--json]',
  details: `Deliveries are named, or described by --order, --outcome, --state, --from and --to. Nothing is sent twice by it.

  --mode missing  the default. What was set aside is interpreted; of an order that is there, what it owes and does not
                  have is planned. What was withheld for a reason is not owed
  --mode state    the content of the order is read again; no effect is planned or changed
  --mode force    one effect of one order once more, although it may have happened. First with --dry-run, which answers
                  a token; then with --confirm <token>, which holds for what the dry run showed
  --effect        what is forced: contact or confirmation
  --outcome       ${choices.outcome.join(', ')}
  --state         ${choices.state.join(', ')}
  --reason        why; needed to do anything, and kept in the order's history
  --json          prints one JSON document for each delivery

The status is 1 when anything was refused or failed.`,
  options: {
    ...periodOptions,
    order: { type: 'string' },
    outcome: { type: 'string' },
    state: { type: 'string' },
    mode: { type: 'string' },
    effect: { type: 'string' },
    confirm: { type: 'string' },
    reason: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  arguments: ['deliveryId...?'],
  run: runReplay,
};

async function runReplay({ values, positionals, env }: Given): Promise<number> {
  const filter = filterOf(values, positionals);
  const asked = {
    mode: chosen(values, 'mode') ?? 'missing',
    effect: chosen(values, 'effect'),
    confirm: textOf(values['confirm']),
    reason: reasonOf(values),
  };
  if (asked.mode === 'force' && filter.ids?.length !== 1)
    throw new Problem('--mode force is for one delivery', 'Name exactly one, by its id.');
  const system = await openSystem(env);
  try {
    const { howOf } = await import('@visapi/backend-orders');
    const how = howOf(asked);
    if ('message' in how)
      throw new Problem(`--${how.path} ${how.message}`, 'npm run visapi -- replay --help');
    const report = new ReplayReport(values['json'] === true);
    for await (const result of resultsOf(system, filter, how, byOf(asked.reason))) report.add(result);
    report.end();
    return report.refused > 0 ? 1 : 0;
  } finally {
    await system.close();
  }
}

/** Undefined = it is only to be shown what would be done. */
function reasonOf(values: Given['values']): string | undefined {
  if (values['dry-run'] === true) return undefined;
  const reason = textOf(values['reason'])?.trim();
  if (!reason) throw new Problem('--reason is missing', 'Say why, or look first with --dry-run.');
  return reason;
}

function byOf(reason: string | undefined): By | undefined {
  if (reason === undefined) return undefined;
  return { actor: 'cli', correlationId: `cli-${process.pid}-${Date.now()}`, reason };
}

type By = { readonly actor: string; readonly correlationId: string; readonly reason: string };
type Result = Foreseen | Replayed;

/** @param by undefined = it is only shown what would be done */
async function* resultsOf(
  system: OpenSystem,
  filter: Filter,
  how: ReplayHow,
  by: By | undefined,
): AsyncGenerator<Result> {
  const [id] = filter.ids ?? [];
  if (how.mode !== 'force') yield* manyOf(system, filter, how, by);
  else if (id !== undefined) yield await oneOf(system, id, how, by);
}

async function oneOf(system: OpenSystem, id: string, how: ReplayHow, by: By | undefined): Promise<Result> {
  const { PreviewReplay, ReplayDelivery } = await import('@visapi/backend-orders');
  return await orExplain('replay', async () =>
    by === undefined
      ? await system.queries.execute(new PreviewReplay(id, how))
      : await system.commands.execute(new ReplayDelivery(id, how, by)),
  );
}

interface Page {
  readonly cursor: string | null;
  readonly results: readonly Result[];
}

/** Page by page, until none is left. */
async function* manyOf(
  system: OpenSystem,
  filter: Filter,
  how: ManyReplays,
  by: By | undefined,
): AsyncGenerator<Result> {
  const { PreviewReplays, ReplayDeliveries } = await import('@visapi/backend-orders');
  const unknown = new Set(filter.ids);
  let after: string | null = '0';
  while (after !== null) {
    const begin = Number(after);
    const page: Page = await orExplain('replay', async () =>
      by === undefined
        ? await system.queries.execute(new PreviewReplays(filter, begin, how))
        : await system.commands.execute(new ReplayDeliveries(filter, begin, how, by)),
    );
    for (const { deliveryId } of page.results) unknown.delete(deliveryId);
    yield* page.results;
    after = page.cursor;
  }
  if (unknown.size > 0)
    throw new Problem(`there is no delivery ${[...unknown].join(', ')}`, 'Look at GET /api/v1/deliveries.');
}

interface Filter {
  readonly ids?: readonly string[];
  readonly orderId?: string;
  readonly outcome?: string;
  readonly state?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function filterOf(values: Given['values'], given: readonly string[]): Filter {
  const ids = given.map((id) => id.toLowerCase());
  const odd = ids.find((id) => !idPattern.test(id));
  if (odd !== undefined)
    throw new Problem(`"${odd}" is no id of a delivery`, 'It is a UUID, as GET /api/v1/deliveries shows.');
  const { from, to } = periodOf(values);
  const described = {
    ...defined('orderId', textOf(values['order'])),
    ...defined('outcome', chosen(values, 'outcome')),
    ...defined('state', chosen(values, 'state')),
    ...defined('from', from ?? undefined),
    ...defined('to', to ?? undefined),
  };
  const isDescribed = Object.keys(described).length > 0;
  if (ids.length > 0 === isDescribed)
    throw new Problem(
      isDescribed ? 'deliveries are both named and described' : 'no delivery is named or described',
      'Give their ids, or what they have in common, such as --state failed.',
    );
  return isDescribed ? described : { ids };
}

function defined<K extends string, T>(name: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in K]?: T });
}

function chosen<K extends keyof typeof choices>(
  values: Given['values'],
  option: K,
): (typeof choices)[K][number] | undefined {
  const given = textOf(values[option]);
  const known: readonly string[] = choices[option];
  if (given !== undefined && !known.includes(given))
    throw new Problem(`--${option} is ${given}`, `One of: ${known.join(', ')}`);
  return given as (typeof choices)[K][number] | undefined;
}
