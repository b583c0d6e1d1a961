import { z } from 'zod';

const count = z.number().int().min(0);
const moment = z.iso.datetime();

export const queuesResponse = z
  .object({
    countedAt: moment,
    queues: z.array(
      z.object({
        name: z.string(),
        counts: z.object({ waiting: count, active: count, delayed: count, failed: count }),
        paused: z.boolean(),
        oldestWaitingSeconds: z.number().min(0),
        running: count,
        lastTakenAt: moment.nullable(),
        stuck: z.array(z.object({ worker: z.string(), since: moment })),
      }),
    ),
    workers: z.array(
      z.object({
        worker: z.string(),
        startedAt: moment,
        seenAt: moment,
        lanes: z.array(
          z.object({
            name: z.string(),
            state: z.string(),
            reason: z.string().nullable(),
            since: moment.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Queues' });
