import { AppError, Deadline, runWithin, tookTooLong } from '@visapi/backend-kernel';
import type { FastifyReply } from 'fastify';
import type { HttpRequest } from './request-context.js';

/** Milliseconds, counted from when the body is there: a slow sender is no slow answer. */
const readingLimitMs = 10_000;
const changingLimitMs = 30_000;

/** For questions that come by POST, because they do not fit into an address. */
export const questionLimit = { limitMs: readingLimitMs, creates: false } as const;
/** For routes that go through much of a table. One statement has 30 s, as everywhere. */
export const reportLimit = { limitMs: 60_000, rate: 'report', creates: false } as const;
/** For senders who send again by themselves. */
export const webhookLimit = { limitMs: 5_000, isRepeated: true, rate: 'webhook' } as const;

/** How long stopped work may take to end, and to say how, before the caller is answered without it. */
const graceMs = 1_500;

/**
 * Runs the rest of a request within the limit of its route. When the limit passes, its work is stopped, and what that
 * ends with is the answer. A caller who hangs up ends a read, never a change: that is done or not, whoever listens.
 */
export function withinLimit(request: HttpRequest, reply: FastifyReply, rest: () => void): void {
  const reads = isRead(request);
  const limitMs = limitOf(request);
  const { isRepeated = false } = request.visapi.settings;
  const deadline = new Deadline();
  let timer = setTimeout(() => {
    deadline.end(isRepeated ? sendAgain(limitMs) : tookTooLong(limitMs));
    timer = setTimeout(() => {
      if (reply.sent || request.visapi.isAnswered === true) return;
      // The work goes on: nothing may be done for its Idempotency-Key until it has ended, or its lease has.
      request.visapi.once = undefined;
      void reply.send(isRepeated ? sendAgain(limitMs) : unstoppable(limitMs, reads));
    }, graceMs);
  }, limitMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (reads && !reply.raw.writableFinished) deadline.end(hungUp());
  });
  runWithin(deadline, rest);
}

/** Milliseconds that a request may take, counted from its whole body. */
export function limitOf(request: HttpRequest): number {
  const { limitMs = isRead(request) ? readingLimitMs : changingLimitMs } = request.visapi.settings;
  return limitMs;
}

function isRead({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The work does not look at its deadline just now: a commit is under way, or the database cannot be reached. */
function unstoppable(limitMs: number, reads: boolean): AppError {
  const unknown = reads ? '' : ' Whether it is done is not known yet: look before you ask for it again.';
  return new AppError('timeout', `It takes longer than ${limitMs / 1_000} s.${unknown}`);
}

/** It may be done a moment later, whole; what arrives twice is counted, not done twice. */
function sendAgain(limitMs: number): AppError {
  const message = `It takes longer than ${limitMs / 1_000} s and is not confirmed; send it again: what arrives twice is counted, not done twice.`;
  return new AppError('unavailable', message, { retryAfterSeconds: 2 });
}

/** Reaches nobody but the log. */
function hungUp(): AppError {
  return new AppError('timeout', 'The caller has hung up.', { code: 'CLIENT_CLOSED_REQUEST' });
}
