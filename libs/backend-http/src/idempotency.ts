import { setTimeout as pause } from 'node:timers/promises';
import { AppError, runApart, runApartFor } from '@visapi/backend-kernel';
import type { Database } from '@visapi/backend-repositories';
import type {
  AskedOnce,
  IdempotencyKeysRepository,
  KeptAnswer,
  Remembered,
} from '@visapi/backend-repositories/idempotency';
import type { FastifyReply, RouteOptions } from 'fastify';
import { askedOnce, idOfAnswer, isKept, keptHeaders, takesKey, verdictOf } from './idempotency-key.js';
import { askedBy, type HttpRequest } from './request-context.js';
import { limitOf } from './time-limit.js';

/** How much longer than its request a try is protected from the next one: what a process that lives needs to end it. */
const graceMs = 30_000;
/** Keeping an answer has its own time: the request's may be over. */
const keepingLimitMs = 5_000;
/** How long those who wait for the same request look together before each looks for itself. */
const lookingMs = 1_000;

/** Lets a request that creates something be repeated by its `Idempotency-Key`: it is done once and answered the same. */
export class Idempotency {
  /** By row: whoever waits for the same one looks together. */
  private readonly looking = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyKeysRepository,
    private readonly keepMs: number,
  ) {}

  /** Adds what it takes to a route that heeds keys; others have nothing of it. */
  watch(route: RouteOptions): void {
    if (!takesKey(route)) return;
    const before = [route.preHandler ?? []].flat();
    const after = [route.onSend ?? []].flat();
    route.preHandler = [...before, (request, reply, done) => this.begin(request as HttpRequest, reply, done)];
    route.onSend = [
      ...after,
      (request, reply, payload, done) => this.end(request as HttpRequest, reply, payload, done),
    ];
  }

  private begin(request: HttpRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const given = request.headers['idempotency-key'];
    if (given === undefined || !request.visapi.principal) return done();
    void this.meet(request, reply, given).then((mayRun) => {
      if (mayRun) done();
    }, done);
  }

  /** @returns whether the request is to be done; else it has been answered */
  private async meet(request: HttpRequest, reply: FastifyReply, given: unknown): Promise<boolean> {
    const asked = askedOnce(request, askedBy(request).actor, given);
    const limitMs = limitOf(request);
    const patienceEnds = performance.now() + limitMs * 0.8;
    do {
      const leaseMs = limitMs + graceMs;
      const met = await this.keys.meet(this.database.db, asked, { leaseMs, keepMs: this.keepMs });
      if (met && (await this.isOurs(request, met, asked, leaseMs))) return true;
      if (met?.state === 'done' && !met.isExpired) {
        answerAgain(request, reply, met);
        return false;
      }
    } while (performance.now() < patienceEnds);
    throw stillRunning();
  }

  /** Makes the request this process's to do, or waits a while for whoever does it. */
  private async isOurs(
    request: HttpRequest,
    met: Remembered,
    asked: AskedOnce,
    leaseMs: number,
  ): Promise<boolean> {
    const verdict = verdictOf(met, asked);
    const { db } = this.database;
    switch (verdict) {
      case 'answered':
        return false;
      case 'expired':
        await this.keys.forget(db, met.id);
        return false;
      case 'running':
        await this.untilEnded(met.id);
        return false;
      case 'begun':
        request.visapi.once = { id: met.id, attempt: met.attempt };
        return true;
      case 'lapsed': {
        const taken = await this.keys.takeOver(db, met, leaseMs);
        // Its transaction is still open, or somebody else was faster.
        if (!taken) await pause(100);
        if (taken && met.resourceId !== null) await this.keys.keepId(db, taken, met.resourceId);
        else request.visapi.once = taken;
        return request.visapi.once !== undefined;
      }
    }
  }

  private async untilEnded(id: string): Promise<void> {
    let looking = this.looking.get(id);
    if (!looking) {
      looking = runApart(() => this.look(id)).finally(() => this.looking.delete(id));
      this.looking.set(id, looking);
    }
    await looking;
  }

  private async look(id: string): Promise<void> {
    const ends = performance.now() + lookingMs;
    for (let pauseMs = 15; performance.now() < ends; pauseMs = Math.min(pauseMs * 2, 200)) {
      await pause(pauseMs);
      if (!(await this.keys.isRunning(this.database.db, id))) return;
    }
  }

  private end(
    request: HttpRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): void {
    const { once } = request.visapi;
    if (once === undefined) return done(null, payload);
    // What is answered instead, should this fail, is not kept.
    request.visapi.once = undefined;
    request.visapi.isAnswered = true;
    const { secret = false } = request.visapi.settings;
    const answer = { status: reply.statusCode, headers: keptHeaders(reply), body: bytesOf(payload) };
    void runApartFor(keepingLimitMs, async () => await this.keep(once, answer, isKept(reply), secret)).then(
      () => done(null, payload),
      (error: unknown) => done(error instanceof AppError ? error : notKept(error)),
    );
  }

  private async keep(
    once: NonNullable<HttpRequest['visapi']['once']>,
    answer: KeptAnswer,
    isFinal: boolean,
    isSecret: boolean,
  ): Promise<void> {
    const { db } = this.database;
    const id = isSecret ? idOfAnswer(answer) : undefined;
    if (!isFinal || (isSecret && id === undefined)) {
      // Should this fail, the lease runs out by itself: what is answered stands all the same.
      await this.keys.release(db, once).catch(() => undefined);
      return;
    }
    const isOurs =
      id === undefined ? await this.keys.keep(db, once, answer) : await this.keys.keepId(db, once, id);
    if (!isOurs) throw stillRunning();
  }
}

function answerAgain(request: HttpRequest, reply: FastifyReply, met: Remembered): void {
  request.visapi.fields = { ...request.visapi.fields, outcome: 'replayed' };
  const { status, headers, body, resourceId } = met;
  if (status === null || headers === null || body === null) throw madeBefore(resourceId);
  void reply.status(status).headers(headers).header('idempotency-replayed', 'true').send(body);
}

function bytesOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  return Buffer.from(typeof payload === 'string' ? payload : '');
}

function madeBefore(id: string | null): AppError {
  const message =
    'This was made by an earlier request with the same Idempotency-Key. Its answer is not kept: it held a secret, which is shown once, or a person who has been forgotten since.';
  return new AppError('conflict', message, { extra: { id } });
}

function stillRunning(): AppError {
  const message = 'The request with this Idempotency-Key is still being worked on; ask again for its answer.';
  return new AppError('conflict', message, { retryAfterSeconds: 2 });
}

/** It is done or not; whoever asks again with the same key learns which, and nothing is done twice. */
function notKept(cause: unknown): AppError {
  const message = 'The answer could not be kept; ask again with the same Idempotency-Key.';
  return new AppError('unavailable', message, { retryAfterSeconds: 2, cause });
}
