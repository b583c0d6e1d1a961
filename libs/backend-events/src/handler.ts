import type { Backoff } from '@visapi/backend-kernel';
import { OnEvent } from '@nestjs/event-emitter';
import type { Executor } from '@visapi/backend-repositories';
import type { EventRow } from '@visapi/backend-repositories/events';
import type { EventType } from './event-contracts.js';

/**
 * A reader of facts inside the worker. It may be handed the same fact again (a crash, a replay), so it must be
 * idempotent: judge by the rows it reads now, not by having been called. Per aggregate, facts come in the order of their
 * versions. What it writes through the executor it is given is kept together with the mark that it was told, so a handler
 * that only writes rows counts each fact once; one with `outsideEffects` may do its deed twice.
 */
export interface HandlerDefinition {
  /** Stands in rows and metrics; a handler that is renamed starts with nothing of its own. */
  readonly name: string;
  readonly types: readonly EventType[];
  /** Tries of one fact before it becomes a dead letter; later facts of its aggregate wait so long. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Whether it does more than write rows: then nobody replays it by accident. */
  readonly outsideEffects: boolean;
  /** Until it counts as hanging, 10 s unless said: nothing else is handed on meanwhile. */
  readonly timeoutMs?: number;
  /** Whether it can begin anew from nothing: then a method of its provider has `@Resets`. */
  readonly rebuildable?: boolean;
}

/** What a handler is handed. */
export interface FactDelivery {
  /** A part of the transaction that marks the facts as told: it is undone alone when the handler throws. */
  readonly executor: Executor;
  /** Of the types it wants, in order of position, of many aggregates. */
  readonly facts: readonly EventRow[];
  /** Whether an operator has them told again. */
  readonly replayed: boolean;
}

/** Every handler that has been defined in this process. */
const defined = new Map<string, HandlerDefinition>();

export function definedHandlers(): ReadonlyMap<string, HandlerDefinition> {
  return defined;
}

/** @throws when the name is taken, or nothing is wanted */
export function defineHandler(definition: HandlerDefinition): HandlerDefinition {
  if (defined.has(definition.name)) throw new Error(`Two definitions of handler ${definition.name}`);
  if (definition.types.length === 0) throw new Error(`Handler ${definition.name} wants nothing`);
  defined.set(definition.name, definition);
  return definition;
}

export const factsChannel = 'facts.';
export const resetChannel = 'reset.';

/** The method takes the facts of this handler: `async handle(delivery: FactDelivery): Promise<void>`. */
export function Handles({ name }: HandlerDefinition): MethodDecorator {
  return OnEvent(`${factsChannel}${name}`, { suppressErrors: false });
}

/** The method makes this handler begin anew: `async reset(executor: Executor): Promise<void>` removes all it has written. */
export function Resets({ name }: HandlerDefinition): MethodDecorator {
  return OnEvent(`${resetChannel}${name}`, { suppressErrors: false });
}
