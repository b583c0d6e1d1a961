import { integer } from '../variable.js';

export const logs = {
  retentionDays: integer('LOG_RETENTION_DAYS', {
    default: 30,
    min: 0,
    max: 3_650,
    meaning: 'days that log lines are kept in the database; 0 = for ever',
  }),
} as const;
