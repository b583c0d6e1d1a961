import { Injectable } from '@nestjs/common';
import { Clock } from '@visapi/backend-kernel';
import { Database, failureOf } from '@visapi/backend-repositories';
import { DeadLettersRepository, originOf } from '@visapi/backend-repositories/events';
import { type Job, UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import { type JobSubject, referenceOf } from './job-subject.js';

const subjects = z.union([
  z
    .object({ deliveryId: z.uuid() })
    .transform(({ deliveryId }) => ({ kind: 'delivery' as const, id: deliveryId })),
  z.object({ effectId: z.uuid() }).transform(({ effectId }) => ({ kind: 'effect' as const, id: effectId })),
]);

/** A failed try, as BullMQ keeps it: when, code and words of ours. Stacks and texts of others stay out of Redis. */
const keptTry = /^Error: (\S+) (\S+) (.*)$/;

/** Keeps for a person what jobs gave up. */
@Injectable()
export class DeadJobs {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
    private readonly clock: Clock,
  ) {}

  /** What BullMQ is told of a failed try, so that the last one knows of those before it. */
  tryOf(error: unknown, isFinal: boolean): Error {
    const { at, code, message } = failureOf(error, this.clock.now());
    const kept = `${at} ${code} ${message}`;
    return isFinal
      ? new UnrecoverableError(kept)
      : Object.assign(new Error(kept), { stack: `Error: ${kept}` });
  }

  /** @param error of the last try */
  async keep(job: Job, error: unknown): Promise<void> {
    const { db } = this.database;
    const subject = subjectOfPayload(job.data);
    const origin = subject && (await originOf(db, subject));
    const { at, code, message } = failureOf(error, this.clock.now());
    await this.letters.open(db, {
      kind: 'job',
      name: job.name,
      reference: subject && origin ? referenceOf(subject) : String(job.id),
      ...aggregateOf(subject, origin),
      correlationId: origin?.correlationId ?? null,
      attempts: job.attemptsMade + 1,
      errors: [...earlierTries(job), { at, code, message }],
    });
  }
}

function subjectOfPayload(data: unknown): JobSubject | undefined {
  return subjects.safeParse(data).data;
}

/** Work of an order is found by the order. */
function aggregateOf(
  subject: JobSubject | undefined,
  origin: { readonly orderId: string | null } | undefined,
) {
  if (!subject || !origin) return { aggregateType: null, aggregateId: null };
  return origin.orderId === null
    ? { aggregateType: subject.kind, aggregateId: subject.id }
    : { aggregateType: 'order', aggregateId: origin.orderId };
}

function earlierTries(job: Job) {
  return (job.stacktrace ?? []).flatMap((stack) => {
    const [, at, code, message] = keptTry.exec(stack.split('\n')[0] ?? '') ?? [];
    return at !== undefined && code !== undefined && message !== undefined ? [{ at, code, message }] : [];
  });
}
