import { syncContactJob } from '@visapi/backend-contacts';
import { applyReceiptsJob, sendMessageJob } from '@visapi/backend-messaging';
import { createOrderJob } from '@visapi/backend-orders';
import type { JobRequest } from '@visapi/backend-queue';
import type { LostWork } from './commands/recover-lost-work.command.js';

/** The jobs that bring lost work back. A claim's attempt is part of the id, so a new attempt is a new job. */
export function jobsFor({ expired, due, open }: LostWork): JobRequest[] {
  const effects = [
    ...expired
      .filter((effect) => effect.state === 'planned')
      .map(({ id, kind }) => effectJob(id, kind, 'recovered')),
    ...due.map(({ id, kind, attempt }) => effectJob(id, kind, String(attempt))),
  ];
  return [...effects, ...open.map(({ id, kind }) => deliveryJob(id, kind))];
}

function effectJob(effectId: string, kind: string, suffix: string): JobRequest {
  const job = kind === 'contact' ? syncContactJob : sendMessageJob;
  return job.request(`${effectId}-${suffix}`, { effectId });
}

function deliveryJob(deliveryId: string, kind: string): JobRequest {
  const job = kind === 'order' ? createOrderJob : applyReceiptsJob;
  return job.request(deliveryId, { deliveryId });
}
