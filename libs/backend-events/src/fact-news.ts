import { Injectable } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import type { EventRow } from '@visapi/backend-repositories/events';
import { keyOf } from './fact-order.js';

/** Told of what is committed, before its jobs are added and again when handlers have written because of it. */
export type FactObserver = (facts: readonly EventRow[]) => Promise<void>;

/** Tells the observer: reads that show what a fact is about must follow it. */
@Injectable()
export class FactNews {
  private observer: FactObserver | undefined;
  /** By aggregate, as long as the observer could not be told. */
  private readonly owed = new Map<string, EventRow>();

  constructor(private readonly log: Log) {}

  listen(observer: FactObserver | undefined): void {
    this.observer = observer;
  }

  /** @throws when the observer does: then nothing of it is handed on yet */
  async announce(facts: readonly EventRow[]): Promise<void> {
    if (facts.length > 0) await this.observer?.(facts);
  }

  /** After the commit of what handlers wrote. What cannot be told now is told before anything else is handed on. */
  async confirm(facts: readonly EventRow[]): Promise<void> {
    for (const fact of facts) this.owed.set(keyOf(fact), fact);
    await this.catchUp().catch((error: unknown) => this.log.warn('reads may lag behind', {}, error));
  }

  /** @throws when the observer does */
  async catchUp(): Promise<void> {
    const owed = [...this.owed];
    if (owed.length === 0) return;
    await this.announce(owed.map(([, fact]) => fact));
    for (const [key, fact] of owed) if (this.owed.get(key) === fact) this.owed.delete(key);
  }
}
