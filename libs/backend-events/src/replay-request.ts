import type { ReplayChoice } from '@visapi/backend-repositories/events';
import { handlerGone, replayRefused } from './events.errors.js';
import type { HandlerDefinition } from './handler.js';

/** Which part of the history is to be told to whom. */
export interface ReplayRequest extends Omit<ReplayChoice, 'types'> {
  readonly handler: string;
  /** All that the handler wants, unless said. */
  readonly types?: readonly string[];
  readonly rebuild: boolean;
}

/** What is meant, once nothing speaks against it. @throws AppError `unprocessable` that says what would be right */
export function choiceOf(
  { handler: name, rebuild, ...wanted }: ReplayRequest,
  handlers: ReadonlyMap<string, HandlerDefinition>,
): ReplayChoice {
  const handler = handlers.get(name);
  if (!handler) throw handlerGone(name, [...handlers.keys()]);
  const known: readonly string[] = handler.types;
  const foreign = wanted.types?.find((type) => !known.includes(type));
  if (foreign !== undefined)
    throw replayRefused('types', `${name} wants ${known.join(', ')}, not ${foreign.slice(0, 100)}`);
  if (rebuild) refuseRebuild(handler, wanted);
  return { ...wanted, types: wanted.types ?? known };
}

/** @throws AppError `unprocessable` when the handler does more than write rows and nobody has said that this is meant */
export function refuseOutsideEffects(
  { name, outsideEffects }: HandlerDefinition,
  { force, reason }: { readonly force: boolean; readonly reason: string | undefined },
): void {
  if (!outsideEffects) return;
  if (!force)
    throw replayRefused(
      'force',
      `${name} does more than write rows; "force": true with a reason tells it again`,
    );
  if (reason === undefined) throw replayRefused('reason', `must say why ${name} may do again what it did`);
}

function refuseRebuild(
  handler: HandlerDefinition,
  wanted: Omit<ReplayChoice, 'types'> & { types?: readonly string[] },
): void {
  if (handler.rebuildable !== true)
    throw replayRefused(
      'rebuild',
      `${handler.name} cannot begin from nothing; leave it out to tell the history again`,
    );
  const filters = Object.entries(wanted).flatMap(([filter, value]) => (value === undefined ? [] : filter));
  if (filters.length > 0)
    throw replayRefused(
      'rebuild',
      `begins from nothing, so it takes all of the history: leave out ${filters.join(', ')}`,
    );
}
