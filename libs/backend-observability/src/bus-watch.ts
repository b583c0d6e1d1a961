import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

/** What takes longer is worth a line of its own. */
const slowMs = 1_000;

type Kind = 'command' | 'query';
type Bus = CommandBus | QueryBus;
type Dispatch = (asked: object) => Promise<unknown>;

/** Measures every command and query where it is dispatched, so that no handler does, and lets none have two handlers. */
@Injectable()
export class BusWatch implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Before the buses get their handlers. */
  onModuleInit(): void {
    this.watch('command', find(this.modules, CommandBus));
    this.watch('query', find(this.modules, QueryBus));
  }

  private watch(kind: Kind, bus: Bus | undefined): void {
    if (!bus) return;
    refuseSecondHandlers(kind, bus);
    const execute: Dispatch = bus.execute.bind(bus);
    Object.assign(bus, { execute: (asked: object) => this.around(kind, asked, execute) });
  }

  /** The one place around all that is done and asked; a span of a trace would begin and end here too. */
  private async around(kind: Kind, asked: object, execute: Dispatch): Promise<unknown> {
    const began = performance.now();
    let outcome = 'ok';
    try {
      return await execute(asked);
    } catch (error) {
      outcome = error instanceof AppError && error.category !== 'bug' ? error.code : 'failure';
      throw error;
    } finally {
      const { name } = asked.constructor;
      const durationMs = performance.now() - began;
      this.metrics.busDuration.observe({ kind, name, outcome }, durationMs / 1_000);
      if (durationMs > slowMs) {
        const fields = { durationMs: Math.round(durationMs), outcome, correlationId: correlationOf(asked) };
        this.log.warn(`slow ${kind} ${name}`, fields);
      }
    }
  }
}

function find<T extends Bus>(modules: ModuleRef, type: new (...parts: never[]) => T): T | undefined {
  try {
    return modules.get<T>(type, { strict: false });
  } catch {
    return undefined;
  }
}

/** Nest would let the later one replace the earlier. */
function refuseSecondHandlers(kind: Kind, bus: Bus): void {
  const names = new Map<string, string>();
  const bind = bus.bind.bind(bus) as (handler: { readonly name: string }, id: string) => void;
  const bindOnce = (handler: { readonly name: string }, id: string): void => {
    const other = names.get(id);
    if (other !== undefined) throw new Error(`A ${kind} has two handlers: ${other} and ${handler.name}`);
    names.set(id, handler.name);
    bind(handler, id);
  };
  Object.assign(bus, { bind: bindOnce });
}

/** Commands carry it themselves or in what they say of who asks. */
function correlationOf(asked: object): string | undefined {
  const places = [asked, ...Object.values(asked).filter((part) => typeof part === 'object' && part !== null)];
  const found = (places as { correlationId?: unknown }[]).map(({ correlationId }) => correlationId);
  return found.find((correlationId) => typeof correlationId === 'string');
}
