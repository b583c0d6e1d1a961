import type { LimitsConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import type { FastifyReply } from 'fastify';
import type { Principal } from './authenticator.js';
import type { RateClass } from './route.js';

/** Seconds that a budget is for. */
export const windowSeconds = 60;

/** What requests are taken from. Reads, changes and reports share one: whoever may do little of one may do little of all. */
export type BudgetName = 'default' | 'webhook' | 'sign-in';

/** undefined = not counted: whoever watches over us must not be refused for watching. */
const budgetOf: Readonly<Record<RateClass, BudgetName | undefined>> = {
  read: 'default',
  change: 'default',
  report: 'default',
  webhook: 'webhook',
  'sign-in': 'sign-in',
  probe: undefined,
};

export function budgetFor(rate: RateClass): BudgetName | undefined {
  return budgetOf[rate];
}

export function sizesOf(config: LimitsConfig): Readonly<Record<BudgetName, number>> {
  const { perMinute, webhooksPerMinute, signInsPerMinute } = config;
  return { default: perMinute, webhook: webhooksPerMinute, 'sign-in': signInsPerMinute };
}

/** Whose budget it is. */
export interface Caller {
  readonly kind: 'api-key' | 'user' | 'address';
  /** Name of the budget's owner, in Redis too: an id of ours, or an address. */
  readonly id: string;
}

export function callerOf(principal: Principal | undefined, address: string): Caller {
  return principal ? { kind: principal.kind, id: principal.id } : { kind: 'address', id: address };
}

/** What is left of a budget after a request was taken from it. */
export interface Taken {
  readonly budget: BudgetName;
  readonly caller: Caller;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the budget is full again, at least 1. */
  readonly resetSeconds: number;
  readonly isOver: boolean;
}

/**
 * Three fields that most clients know (draft-ietf-httpapi-ratelimit-headers-06), and the two structured ones that the
 * later drafts (-10) have instead: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function tellLimit(reply: FastifyReply, { budget, limit, remaining, resetSeconds }: Taken): void {
  void reply
    .header('ratelimit-limit', String(limit))
    .header('ratelimit-remaining', String(remaining))
    .header('ratelimit-reset', String(resetSeconds))
    .header('ratelimit-policy', `"${budget}";q=${limit};w=${windowSeconds}`)
    .header('ratelimit', `"${budget}";r=${remaining};t=${resetSeconds}`);
}

const requestsOf: Readonly<Record<BudgetName, string>> = {
  default: 'requests',
  webhook: 'webhooks',
  'sign-in': 'sign-in requests',
};
const sources: Readonly<Record<Caller['kind'], string>> = {
  'api-key': 'with this API key',
  user: 'of this user',
  address: 'from this address without a valid key or session',
};

export function tooMany({ budget, caller, limit, resetSeconds }: Taken): AppError {
  const source = budget === 'sign-in' ? 'from this address' : sources[caller.kind];
  const message = `There were more than ${limit} ${requestsOf[budget]} in ${windowSeconds} s ${source}; come again in ${resetSeconds} s.`;
  return new AppError('rate-limited', message, { retryAfterSeconds: resetSeconds });
}
