import { AppError } from '@visapi/backend-kernel';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { addressGroup } from './caller-address.js';
import { Guessers } from './guessers.js';
import { type BudgetName, budgetFor, callerOf, type Taken, tellLimit, tooMany } from './rate-limit.js';
import type { RateLimits } from './rate-limits.js';
import type { HttpRequest } from './request-context.js';
import { rateClassOf } from './route.js';

type CheckAccess = (request: HttpRequest, reply: FastifyReply) => Promise<void>;

/**
 * Checks access, and takes the request from the budget of whoever turned out to ask: a key, a user, or else the address,
 * so that who guesses keys uses up his own. The address is not asked before the key, or one guesser would shut out a whole
 * office; only where it has guessed too often are keys that were never right refused unseen.
 */
export class RateLimitHook {
  private readonly guessers = new Guessers();

  constructor(
    private readonly limits: RateLimits,
    private readonly checkAccess: CheckAccess,
  ) {}

  /** Nothing is added to requests without a limit, such as webhooks as they are by default. */
  readonly check: CheckAccess = (request, reply) => {
    const { settings } = request.visapi;
    const budget = request.is404 ? 'default' : budgetFor(rateClassOf(settings, request.method));
    if (budget === undefined && settings.access !== 'public') return this.checkWatcher(request, reply);
    if (budget === undefined || this.limits.sizes[budget] === 0) return this.checkAccess(request, reply);
    return this.checkAndTake(budget, request, reply);
  };

  /** Refusals that come from behind the hook or pass it uncounted, such as a webhook's signature that does not fit. */
  countRefusals(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      done();
      if (reply.statusCode !== 401 || reply.hasHeader('ratelimit')) return;
      const address = addressGroup(request.ip);
      this.limits.take('default', { kind: 'address', id: address }).then(
        (taken) => taken?.isOver && this.guessers.bar(address, taken.resetSeconds),
        () => undefined,
      );
    });
  }

  /** Who watches over us may ask as often as it wants, and guess no oftener than others. */
  private async checkWatcher(request: HttpRequest, reply: FastifyReply): Promise<void> {
    this.refuseGuesser(addressGroup(request.ip), request, reply);
    await this.checkAccess(request, reply);
    this.remember(request);
  }

  private async checkAndTake(budget: BudgetName, request: HttpRequest, reply: FastifyReply): Promise<void> {
    const address = addressGroup(request.ip);
    if (budget === 'default') this.refuseGuesser(address, request, reply);
    const refusal = await this.refusalOf(request, reply);
    const { principal } = request.visapi;
    this.remember(request);
    const caller = callerOf(budget === 'sign-in' ? undefined : principal, address);
    const failed = refusal?.category === 'unauthenticated';
    const taken = await this.limits.take(failed ? 'default' : budget, caller);
    if (taken?.isOver && failed) this.guessers.bar(address, taken.resetSeconds);
    pass(taken, reply);
    if (refusal) throw refusal;
  }

  private remember({ visapi: { principal }, headers }: HttpRequest): void {
    if (!principal) return;
    this.guessers.recognised(principal.kind === 'user' ? principal.sessionId : principal.id, headers);
  }

  /** Others go on: sign-in has its own budget, and an order that is refused may never come again. @throws AppError */
  private refuseGuesser(address: string, { headers }: HttpRequest, reply: FastifyReply): void {
    const resetSeconds = this.guessers.barredFor(address, headers);
    if (resetSeconds === 0) return;
    const caller = { kind: 'address', id: address } as const;
    const limit = this.limits.sizes.default;
    pass({ budget: 'default', caller, limit, remaining: 0, resetSeconds, isOver: true }, reply);
  }

  /** What access was refused with. @throws what is no refusal: that is nobody's request too many */
  private async refusalOf(request: HttpRequest, reply: FastifyReply): Promise<AppError | undefined> {
    try {
      await this.checkAccess(request, reply);
      return undefined;
    } catch (error) {
      if (error instanceof AppError && ['unauthenticated', 'forbidden', 'not-found'].includes(error.category))
        return error;
      throw error;
    }
  }
}

/** @throws AppError when there is nothing left: whoever guesses is not told whether the guess was right */
function pass(taken: Taken | undefined, reply: FastifyReply): void {
  if (!taken) return;
  tellLimit(reply, taken);
  if (taken.isOver) throw tooMany(taken);
}
