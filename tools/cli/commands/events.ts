import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from '@visapi/api-client';
import { Problem } from '#services/problem.ts';
import { apiCommand } from '../api-command.ts';
import { type Command, type Given, textOf } from '../command.ts';
import { Progress } from '../progress.ts';
import { orExplain } from '../refusal.ts';
import { type OpenSystem, openSystem } from '../system.ts';
import { periodOf, periodOptions } from '../times.ts';
import { shows } from '../view.ts';

const lookEveryMs = 500;

const replayOptions = {
  ...periodOptions,
  type: { type: 'string' },
  aggregate: { type: 'string' },
  rebuild: { type: 'boolean' },
  rate: { type: 'string' },
  reason: { type: 'string' },
  force: { type: 'boolean' },
  confirm: { type: 'boolean' },
} as const;

const replayUsage =
  'replay <handler> [--from <time>] [--to <time>] [--type <type>] [--aggregate <id>] [--rebuild] [--rate <n>] [--reason <text>] [--force] [--confirm]';

/** What the backend is asked; a replay is begun on the database, where the command can watch it. */
const asked = apiCommand({
  name: 'events',
  summary: 'every fact in the order in which it became true; tell them again to a handler',
  actions: [
    {
      name: 'list',
      operation: 'listEvents',
      columns: shows<Event>('position', 'occurredAt', 'type', 'aggregateId', 'actor', 'correlationId'),
    },
    { name: 'replays', operation: 'listEventReplays' },
    { name: 'replays', operation: 'getEventReplay' },
    { name: 'cancel', operation: 'cancelEventReplay' },
    { name: 'resume', operation: 'resumeEventReplay' },
  ],
});

export const eventsCommand: Command = {
  name: asked.name,
  summary: asked.summary,
  get usage() {
    return `${asked.usage} | ${replayUsage}`;
  },
  get details() {
    return `${asked.details}

  replay <handler>          tells the history again to a handler. Without --confirm it only counts. A running worker does it;
                            the command watches until it has ended. Stopping the command stops nothing: "cancel" does

  --from, --to   events of this time only, such as 2026-01-05T00:00:00Z
  --type         events of this type only
  --aggregate    events of this order only
  --rebuild      the handler forgets everything first and begins from nothing
  --rate         events per second, 1000 unless said
  --force        although the handler does more than write rows; needs a reason
  --confirm      does it`;
  },
  get options() {
    return { ...asked.options, ...replayOptions };
  },
  arguments: asked.arguments,
  run: async (given) => await (given.positionals[0] === 'replay' ? runEvents(given) : asked.run(given)),
};

async function runEvents({ values, positionals: [, handler], env }: Given): Promise<number> {
  if (handler === undefined)
    throw new Problem('events needs <handler>', `npm run visapi -- events ${replayUsage}`);
  const meant = meantBy(values, handler);
  const rate = rateOf(textOf(values['rate']));
  const system = await openSystem(env);
  try {
    const { PreviewEventReplay } = await import('@visapi/backend-events');
    const preview = await orExplain('events', () => system.queries.execute(new PreviewEventReplay(meant)));
    for (const [type, count] of Object.entries(preview.byType)) process.stdout.write(`${type}  ${count}\n`);
    process.stdout.write(`${preview.events} events for ${handler}\n`);
    if (values['confirm'] === true) return await replay(system, meant, rate, values);
    process.stdout.write('Nothing was told. --confirm tells it.\n');
    return 0;
  } finally {
    await system.close();
  }
}

type Meant = ReturnType<typeof meantBy>;

function meantBy(values: Given['values'], handler: string) {
  const [type, aggregate] = [textOf(values['type']), textOf(values['aggregate'])];
  const { from, to } = periodOf(values);
  return {
    handler,
    rebuild: values['rebuild'] === true,
    ...(type === undefined ? {} : { types: [type] }),
    ...(aggregate === undefined ? {} : { aggregateId: aggregate }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

async function replay(
  system: OpenSystem,
  meant: Meant,
  ratePerSecond: number,
  values: Given['values'],
): Promise<number> {
  const { GetEventReplay, StartEventReplay } = await import('@visapi/backend-events');
  const request = {
    ...meant,
    force: values['force'] === true,
    ratePerSecond,
    reason: textOf(values['reason']),
  };
  const by = { actor: 'cli', correlationId: `cli-${process.pid}-${Date.now()}` };
  const { id, total } = await orExplain('events', () =>
    system.commands.execute(new StartEventReplay(request, by)),
  );
  process.stdout.write(`replay ${id} waits for a worker\n`);
  const progress = new Progress('told', total);
  for (;;) {
    const { state, handled, problem } = await system.queries.execute(new GetEventReplay(id));
    if (state === 'running') {
      progress.show(handled);
      await pause(lookEveryMs);
      continue;
    }
    process.stdout.write(`${state}: ${handled} events${problem === null ? '' : `, ${problem}`}\n`);
    return state === 'done' ? 0 : 1;
  }
}

function rateOf(given: string | undefined): number {
  if (given === undefined) return 1_000;
  const rate = Number(given);
  if (!Number.isInteger(rate) || rate < 1 || rate > 10_000)
    throw new Problem(`--rate is ${given}`, 'Give a whole number from 1 to 10000.');
  return rate;
}
