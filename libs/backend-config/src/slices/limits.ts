import { flag, integer } from '../variable.js';

const most = 1_000_000;

/** How many requests one caller may make in a minute. */
export const limits = {
  enabled: flag('RATE_LIMIT_ENABLED', {
    default: true,
    meaning: 'false = no request is limited or counted; load tests want that',
  }),
  perMinute: integer('RATE_LIMIT_DEFAULT', {
    default: 200,
    min: 0,
    max: most,
    meaning:
      'requests a minute of one API key, one user, or (of those who are neither) one address; an IPv6 address counts as its /64; 0 = no limit',
  }),
  webhooksPerMinute: integer('RATE_LIMIT_WEBHOOK', {
    default: 0,
    min: 0,
    max: most,
    meaning: 'the same of authenticated webhooks, which have a budget of their own; 0 = no limit',
  }),
  signInsPerMinute: integer('RATE_LIMIT_SIGN_IN', {
    default: 10,
    min: 0,
    max: most,
    meaning: 'the same of sign-in routes, by address; while Redis is away they answer 503; 0 = no limit',
  }),
} as const;
