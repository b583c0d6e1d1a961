import type { LoadResult } from './plan.ts';
import { summarise } from './statistics.ts';

const OUTCOMES = ['accepted', 'duplicate', 'changed', 'skipped'];

/** Counts answers as they come. */
export class Tally {
  private readonly latencies: number[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly outcomes: Record<string, number> = {};
  private readonly refused: number[] = [];

  note(index: number, status: number, body: Buffer, latencyMs: number): void {
    this.latencies.push(latencyMs);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status !== 200) {
      this.refused.push(index);
      return;
    }
    const outcome = OUTCOMES.find((name) => body.includes(`"${name}"`)) ?? 'other';
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
