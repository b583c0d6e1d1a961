import { newId } from '@visapi/backend-kernel';
import pLimit, { type LimitFunction } from 'p-limit';
import type { JobProcessor, JobResult } from './job-processor.js';

/** Lets jobs that are narrow (`JobDefinition.isNarrow`) take turns, however many of them their queue has begun. */
export class NarrowJobs {
  private readonly turns = new Map<string, LimitFunction>();
  private isStopping = false;

  /** @param width jobs of each kind that run at once */
  constructor(private readonly width: number) {}

  /** Jobs that are not narrow are run at once. One whose turn has not come when the process stops goes back to its queue. */
  async run(processor: JobProcessor, payload: unknown): Promise<JobResult | readonly JobResult[]> {
    const { job } = processor;
    if (!job.isNarrow) return await processor.handle(payload);
    return await this.turnOf(job.name)(async () => {
      if (!this.isStopping) return await processor.handle(payload);
      const again = { definition: job, id: `${job.name}-${newId()}`, payload };
      return { outcome: 'put-back', next: [again] };
    });
  }

  /** From now on no job is given its turn. */
  stop(): void {
    this.isStopping = true;
  }

  private turnOf(name: string): LimitFunction {
    const turn = this.turns.get(name) ?? pLimit(this.width);
    this.turns.set(name, turn);
    return turn;
  }
}
