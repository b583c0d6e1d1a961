import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Executor } from '@visapi/backend-repositories';
import {
  definedHandlers,
  type FactDelivery,
  factsChannel,
  type HandlerDefinition,
  resetChannel,
} from './handler.js';

/** The in-process bus: hands facts that are rows already to the one listener of each handler, and waits for it. */
@Injectable()
export class HandlerBus {
  constructor(private readonly emitter: EventEmitter2) {}

  /** The handlers whose listeners this process has. */
  mounted(): HandlerDefinition[] {
    return [...definedHandlers().values()].filter(({ name }) => this.count(factsChannel, name) > 0);
  }

  /** @throws when a handler has not exactly one listener, or a listener no handler: facts would be lost or told twice */
  assertComplete(): void {
    const problems = [...definedHandlers().values()].flatMap((handler) => this.problemsOf(handler));
    for (const channel of this.emitter.eventNames().map(String)) {
      const name = channel.replace(/^(facts|reset)\./, '');
      if (name !== channel && !definedHandlers().has(name))
        problems.push(`${channel} has a listener but no handler`);
    }
    if (problems.length > 0) throw new Error(problems.join('; '));
  }

  /** @throws what the handler threw */
  async deliver({ name }: HandlerDefinition, delivery: FactDelivery): Promise<void> {
    await this.emit(`${factsChannel}${name}`, delivery);
  }

  /** @throws what the handler threw */
  async reset({ name }: HandlerDefinition, executor: Executor): Promise<void> {
    await this.emit(`${resetChannel}${name}`, executor);
  }

  private async emit(channel: string, value: unknown): Promise<void> {
    const answers = await this.emitter.emitAsync(channel, value);
    // Without a listener the emitter would say that all went well.
    if (answers.length !== 1) throw new Error(`${channel} has ${answers.length} listeners`);
  }

  private problemsOf({ name, rebuildable = false }: HandlerDefinition): string[] {
    const listeners = this.count(factsChannel, name);
    const resets = this.count(resetChannel, name);
    const problems: string[] = [];
    if (listeners !== 1) problems.push(`handler ${name} has ${listeners} listeners instead of one`);
    if (resets !== Number(rebuildable))
      problems.push(`handler ${name} is ${rebuildable ? '' : 'not '}rebuildable and has ${resets} resets`);
    return problems;
  }

  private count(channel: string, name: string): number {
    return this.emitter.listenerCount(`${channel}${name}`);
  }
}
