import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from './app-error.js';

/**
 * The deadline of one request or piece of work: it ends with the error to tell whoever waits. Most of what is done within
 * it never looks, and a signal costs more than a lookup in memory, so that is made for who asks for it.
 */
export class Deadline {
  private controller: AbortController | undefined;
  private over: Error | undefined;
  private waiting: Set<(why: Error) => void> | undefined;

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.over) this.controller.abort(this.over);
    }
    return this.controller.signal;
  }

  /** The first reason stays. */
  end(why: Error): void {
    if (this.over) return;
    this.over = why;
    this.controller?.abort(why);
    for (const tell of this.waiting ?? []) tell(why);
  }

  /** @returns no longer listens */
  onEnd(tell: (why: Error) => void): () => void {
    if (this.over) tell(this.over);
    this.waiting ??= new Set();
    this.waiting.add(tell);
    return () => this.waiting?.delete(tell);
  }
}

const deadlines = new AsyncLocalStorage<Deadline | undefined>();

/**
 * The deadline of whoever waits for what is being done, as a signal that ends with the error to tell him. What can be
 * stopped (a statement, a call of a vendor, a wait) looks at it. It is no request scope: it says nothing of who asks or why.
 */
export function currentDeadline(): AbortSignal | undefined {
  return deadlines.getStore()?.signal;
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
  const limit = new Deadline();
  const timer = setTimeout(() => limit.end(tookTooLong(limitMs)), limitMs);
  try {
    return await deadlines.run(limit, work);
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
  const deadline = deadlines.getStore();
  if (!deadline) return await work;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const leave = deadline.onEnd(reject);
  work.then(resolve, reject);
  try {
    return await promise;
  } finally {
    leave();
  }
}
