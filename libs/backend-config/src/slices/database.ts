import { integer, url } from '../variable.js';

export const database = {
  url: url('DATABASE_URL', ['postgres:', 'postgresql:'], {
    needed: 'always',
    meaning: 'Postgres, as the application’s role; a session or direct connection',
  }),
  poolMax: integer('DATABASE_POOL_MAX', {
    default: 8,
    min: 1,
    max: 100,
    meaning: 'most connections of one process',
  }),
} as const;
