import { integer, url } from '../variable.js';

const longestSeconds = 86_400;

/** Where reads are kept for a while, and for how long. */
export const cache = {
  redisUrl: url('CACHE_REDIS_URL', ['redis:', 'rediss:'], {
    meaning:
      'Redis of the cache, which may evict; unset = the server of the queue, in keys of its own within a budget',
  }),
  ttlDefault: integer('CACHE_TTL_DEFAULT', {
    default: 300,
    min: 1,
    max: longestSeconds,
    meaning: 'seconds that reads are kept whose code names no time of its own',
  }),
  ttlAuth: integer('CACHE_TTL_AUTH', {
    default: 900,
    min: 1,
    max: longestSeconds,
    meaning: 'seconds that API keys are kept; a revocation is noticed within 5 s whatever this says',
  }),
} as const;
