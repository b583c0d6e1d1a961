import type { JobRequest } from '@visapi/backend-queue';
import type { EventRow } from '@visapi/backend-repositories/events';
import { type EventPayload, type EventType, eventContracts } from './event-contracts.js';

/** What follows from a fact: jobs to wake. A job that is lost on the way is found by the sweep. */
export interface Subscription {
  readonly type: EventType;
  jobs(event: EventRow): readonly JobRequest[];
}

export function subscribe<T extends EventType>(
  type: T,
  jobs: (event: { aggregateId: string; payload: EventPayload<T> }) => readonly JobRequest[],
): Subscription {
  const contract = eventContracts[type];
  return {
    type,
    jobs: (event) =>
      jobs({ aggregateId: event.aggregateId, payload: contract.parse(event.payload) as EventPayload<T> }),
  };
}
