import { Problem } from '#services/problem.ts';
import { openApi } from '../api.ts';
import { columnsOf, fieldsOf, print } from '../columns.ts';
import type { Command, Given } from '../command.ts';
import { confirm } from '../confirm.ts';
import { Progress } from '../progress.ts';
import { type OpenSystem, openSystem } from '../system.ts';

const usage =
  'erase (--phone <phone> | --email <address> | --order <id>) --reason <text> [--force] [--dry-run] [--yes] | erasures | status | seal | rewrap  [--json]';

export const privacyCommand: Command = {
  name: 'privacy',
  summary: 'forget a person; seal what was stored before; follow a change of ENCRYPTION_KEYS',
  usage,
  details: `erase     forgets a person: first shows the orders that are meant, then asks
erasures  lists who was forgotten, by the ids of their orders
status    how many rows are not sealed yet, and which keys of ENCRYPTION_KEYS are in use
seal      seals rows that were stored before columns were sealed; may be stopped and begun again
rewrap    wraps the data keys by the first key of ENCRYPTION_KEYS; workers do it by themselves after a restart

  --force    withholds for good what is still owed to the person
  --dry-run  only shows what would be erased
  --yes      does not ask
  --json     prints the result as JSON

erase and erasures ask the backend, by a key with privacy:erase; the others need the database and ENCRYPTION_KEYS, which
are taken from the dev.json and secrets.json in $VISAPI_HOME when they are not set.`,
  options: {
    phone: { type: 'string' },
    email: { type: 'string' },
    order: { type: 'string' },
    reason: { type: 'string' },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  arguments: ['action'],
  run: runPrivacy,
};

interface Erasure {
  readonly id: string | null;
  readonly orders: number;
  readonly orderIds: readonly string[];
  readonly messages: number;
  readonly deliveries: number;
  readonly keysDestroyed: number;
}

interface PastErasure extends Erasure {
  readonly reason: string;
  readonly erasedBy: string;
  readonly erasedAt: string;
}

const actions: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  erase,
  erasures,
  status: async (given) => await inSystem(given, showStatus),
  seal: async (given) => await inSystem(given, sealRows),
  rewrap: async (given) => await inSystem(given, rewrap),
};

async function runPrivacy(given: Given): Promise<number> {
  const act = actions[given.positionals[0] ?? ''];
  if (!act)
    throw new Problem(
      `privacy does not know "${given.positionals[0]}"`,
      `npm run visapi -- privacy ${usage}`,
    );
  await act(given);
  return 0;
}

async function erase({ values, env }: Given): Promise<void> {
  const { phone, email, order, reason, force, yes, json } = values;
  const wish = {
    ...(phone !== undefined && { phone }),
    ...(email !== undefined && { email }),
    ...(order !== undefined && { orderId: order }),
    ...(reason !== undefined && { reason }),
    force: force === true,
  };
  const api = await openApi(env);
  let erasure = await api.send<Erasure>('POST', 'privacy/erasures', { ...wish, dryRun: true });
  if (values['dry-run'] !== true) {
    const what = `forgetting whoever ordered ${erasure.orderIds.join(', ') || 'nothing that is still here'}`;
    await confirm(what, yes === true);
    erasure = await api.send<Erasure>('POST', 'privacy/erasures', { ...wish, dryRun: false });
  }
  print(json === true, erasure, () => fieldsOf(shown(erasure)));
}

function shown(erasure: Erasure): Record<string, string> {
  return {
    'what it was': erasure.id === null ? 'a dry run: nothing was erased' : `erasure ${erasure.id}`,
    orders: erasure.orderIds.join(', '),
    messages: String(erasure.messages),
    deliveries: `${erasure.deliveries} without their bytes`,
    'keys destroyed': String(erasure.keysDestroyed),
  };
}

async function erasures({ values, env }: Given): Promise<void> {
  const list = await (await openApi(env)).all<PastErasure>('privacy/erasures');
  print(values['json'] === true, list, () =>
    columnsOf(
      ['erased at', 'by', 'orders', 'reason'],
      list.map((one) => [one.erasedAt, one.erasedBy, one.orderIds.join(' '), one.reason]),
    ),
  );
}

type Work = (system: OpenSystem, asJson: boolean) => Promise<void>;

async function inSystem({ values, env }: Given, work: Work): Promise<void> {
  const system = await openSystem(env);
  try {
    await work(system, values['json'] === true);
  } finally {
    await system.close();
  }
}

async function showStatus(system: OpenSystem, asJson: boolean): Promise<void> {
  const { GetSealing } = await import('@visapi/backend-operations');
  const sealing = await system.queries.execute(new GetSealing());
  print(asJson, sealing, () => [
    ...columnsOf(
      ['table', 'rows not sealed'],
      Object.entries(sealing.plainRows).map(([table, rows]) => [table, String(rows)]),
    ),
    '',
    ...columnsOf(
      ['key in use', 'data keys'],
      sealing.wrappedBy.map(({ keyId, dataKeys }) => [keyId, String(dataKeys)]),
    ),
  ]);
}

async function sealRows(system: OpenSystem, asJson: boolean): Promise<void> {
  const { SealRows } = await import('@visapi/backend-operations');
  const progress = new Progress('sealed', undefined);
  const sealed = await system.commands.execute(
    new SealRows(new AbortController().signal, (_table, count) => progress.show(count)),
  );
  print(asJson, { sealed }, () => [`${sealed} rows sealed`]);
}

async function rewrap(system: OpenSystem, asJson: boolean): Promise<void> {
  const { RewrapKeys } = await import('@visapi/backend-operations');
  const progress = new Progress('wrapped anew', undefined);
  const rewrapped = await system.commands.execute(
    new RewrapKeys(new AbortController().signal, (count) => progress.show(count)),
  );
  print(asJson, { rewrapped }, () => [`${rewrapped} data keys wrapped by the first key`]);
}
