import type { Backoff } from '@visapi/backend-kernel';
import type { z } from 'zod';

/** One queue per kind of work and at least one per vendor, so that a slow vendor holds up nobody else. */
export const queueNames = ['orders', 'cbb', 'receipts'] as const;
export type QueueName = (typeof queueNames)[number];

/** A kind of job: its name, the shape of its payload and the only place of its retry policy. */
export interface JobDefinition<P = unknown> {
  readonly name: string;
  readonly queue: QueueName;
  /** Ids, and at most a version or a reason. Bodies and personal data have no place in Redis. */
  readonly payload: z.ZodType<P>;
  /** Tries of one job when its processor throws something that may pass. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /**
   * Its jobs run no more than QUEUE_CONCURRENCY at once in a process, however many its queue allows: what is under way when
   * the process is killed is as much as somebody may have to look at.
   */
  readonly isNarrow?: boolean;
}

/** A wish to have a job run. The same id twice is one job as long as Redis keeps the first. */
export interface JobRequest {
  readonly definition: JobDefinition;
  readonly id: string;
  readonly payload: unknown;
  readonly delayMs?: number;
}

/** Every job that has been defined in this process. */
const defined = new Set<string>();

export function definedJobs(): ReadonlySet<string> {
  return defined;
}

/** @throws when the name is taken: a job has one definition */
export function defineJob<P>(
  definition: JobDefinition<P>,
): JobDefinition<P> & { request(id: string, payload: P, delayMs?: number): JobRequest } {
  if (defined.has(definition.name)) throw new Error(`Two definitions of job ${definition.name}`);
  defined.add(definition.name);
  return {
    ...definition,
    request: (id, payload, delayMs) => ({
      definition: definition,
      id: `${definition.name}-${id}`,
      payload: definition.payload.parse(payload),
      delayMs,
    }),
  };
}
