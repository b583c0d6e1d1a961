import { integer, oneOf, text } from '../variable.js';

/** What every process needs to know about itself. */
export const process = {
  environment: oneOf('NODE_ENV', ['development', 'test', 'production'], {
    default: 'development',
    meaning: 'kind of installation; production refuses what is only for development',
  }),
  logLevel: oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    default: 'info',
    meaning: 'least severe log lines that are written',
  }),
  commit: text('GIT_SHA', { default: 'unknown', meaning: 'commit id that /version shows' }),
  clockOffsetMs: integer('CLOCK_OFFSET_MS', {
    default: 0,
    min: -86_400_000,
    max: 86_400_000,
    needed: 'never-in-production',
    meaning: 'milliseconds added to this process’s clock; for tests of clock skew',
  }),
} as const;
