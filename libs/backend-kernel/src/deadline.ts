import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from './app-error.js';

/** A signal, or how to come by it: most of what is done never looks, and a signal costs more than a lookup in memory. */
type Deadline = AbortSignal | (() => AbortSignal);

const deadlines = new AsyncLocalStorage<Deadline | undefined>();

/**
 * The deadline of whoever waits for what is being done: a signal that ends with the error to tell him. What can be stopped
 * (a statement, a call of a vendor, a wait) looks at it. It is no request scope: it says nothing of who asks or why.
 */
export function currentDeadline(): AbortSignal | undefined {
  const deadline = deadlines.getStore();
  return typeof deadline === 'function' ? deadline() : deadline;
}

/** Does something, and all that it waits for, within a deadline. */
export function runWithin<T>(deadline: Deadline, work: () => T): T {
  return deadlines.run(deadline, work);
}

/** Does something that others share, or that outlives its caller: nobody's deadline stops it. */
export function runApart<T>(work: () => T): T {
  return deadlines.run(undefined, work);
}

/** The same with a limit of its own. @throws AppError `timeout` where the work looks at its deadline */
export async function runApartFor<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tookTooLong(limitMs)), limitMs);
  try {
    return await deadlines.run(limit.signal, work);
  } finally {
    clearTimeout(timer);
  }
}

/** What was stopped in a transaction has changed nothing; what was done before in another one stays whole. */
export function tookTooLong(limitMs: number): AppError {
  const message = `It took longer than ${limitMs / 1_000} s and was stopped; no change is left half made.`;
  return new AppError('timeout', message);
}

/** Waits for shared work until the deadline of the caller. The work goes on for the others. @throws the deadline's error */
export async function unlessLate<T>(work: Promise<T>): Promise<T> {
  const deadline = currentDeadline();
  if (!deadline) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(deadline.reason as Error);
  if (deadline.aborted) end();
  deadline.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    deadline.removeEventListener('abort', end);
  }
}
