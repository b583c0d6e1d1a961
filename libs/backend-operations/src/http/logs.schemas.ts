import { inOrder, onlyKnown, pageQuery, time, timestamp } from '@visapi/backend-http';
import { z } from 'zod';
import { logLevels } from '../log-level.js';

const word = z.string().min(1).max(300);
const level = z.enum(logLevels, { error: `level must be one of ${logLevels.join(', ')}` });

export const logsQuery = onlyKnown({
  ...pageQuery('id'),
  /** This level and what is graver. */
  level: level.optional(),
  correlationId: word.optional(),
  orderId: word.optional(),
  event: word.optional(),
  job: word.optional(),
  from: time.optional(),
  to: time.optional(),
}).refine(...inOrder('from', 'to'));

export const logResponse = z
  .object({
    id: z.string(),
    loggedAt: timestamp,
    level: z.string(),
    message: z.string(),
    event: z.string().nullable(),
    code: z.string().nullable(),
    job: z.string().nullable(),
    route: z.string().nullable(),
    orderId: z.string().nullable(),
    correlationId: z.string().nullable(),
    /** Which process wrote it: backend or worker. */
    process: z.string(),
    fields: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LogLine' });

const count = z.number().int().min(0);

export const logStatsResponse = z.object({
  since: timestamp,
  byLevel: z.object({ info: count, warn: count, error: count }),
  byEvent: z.array(z.object({ level: z.string(), event: z.string().nullable(), count })),
});
