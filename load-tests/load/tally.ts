import { orderId } from './order-template.ts';
import type { LoadResult } from './plan.ts';
import { summarise } from './statistics.ts';

/** What an answer of 200 says. */
export type OutcomeOf = (index: number, body: Buffer) => string;

const OUTCOMES = ['accepted', 'duplicate', 'changed', 'skipped'];

export const outcomeOfDelivery: OutcomeOf = (_index, body) =>
  OUTCOMES.find((name) => body.includes(`"${name}"`)) ?? 'other';

/** Whether it is the order that was asked for. */
export const outcomeOfRead: OutcomeOf = (index, body) =>
  body.includes(`"orderId":"${orderId(index)}"`) ? 'named' : 'other';

/** Counts answers as they come. */
export class Tally {
  private readonly latencies: number[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly outcomes: Record<string, number> = {};
  private readonly refused: number[] = [];
  private readonly outcomeOf: OutcomeOf;

  constructor(outcomeOf: OutcomeOf) {
    this.outcomeOf = outcomeOf;
  }

  note(index: number, status: number, body: Buffer, latencyMs: number): void {
    this.latencies.push(latencyMs);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status !== 200) {
      this.refused.push(index);
      return;
    }
    const outcome = this.outcomeOf(index, body);
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }

  result(seconds: number, cpuMs: number): LoadResult {
    const { statuses, outcomes, refused } = this;
    const sent = this.latencies.length;
    return {
      sent,
      seconds,
      perSecond: (this.statuses[200] ?? 0) / seconds,
      statuses,
      outcomes,
      latency: summarise(this.latencies),
      refused,
      cpuMs,
    };
  }
}
