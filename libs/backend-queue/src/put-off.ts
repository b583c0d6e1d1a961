import { newId } from '@visapi/backend-kernel';
import type { Database } from '@visapi/backend-repositories';
import type { EffectsRepository } from '@visapi/backend-repositories/effects';
import type { JobRequest } from './define-job.js';
import type { JobResult } from './job-processor.js';

interface PutOff {
  readonly effectId: string;
  readonly waitMs: number;
  readonly reason: string;
  readonly job: { request(id: string, payload: { effectId: string }, delayMs: number): JobRequest };
}

/** The job comes a moment after the row is due: a row that is not due yet is somebody else's to wait for. */
const afterDueMs = 50;

/** Leaves an effect planned because its vendor serves nobody now: nothing is claimed and no attempt is used. */
export async function putOff(
  database: Database,
  effects: EffectsRepository,
  { effectId, waitMs, reason, job }: PutOff,
): Promise<JobResult> {
  if (!(await effects.postpone(database.db, effectId, waitMs, reason))) return { outcome: 'not-mine' };
  return { outcome: 'put-off', reason, next: [job.request(newId(), { effectId }, waitMs + afterDueMs)] };
}
