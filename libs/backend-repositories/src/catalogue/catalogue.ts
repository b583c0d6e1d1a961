import { accessQueries } from './access-queries.js';
import { applicationsQueries } from './applications-queries.js';
import { contactsQueries } from './contacts-queries.js';
import { effectsQueries } from './effects-queries.js';
import { eventsQueries } from './events-queries.js';
import { historyQueries } from './history-queries.js';
import { idempotencyQueries } from './idempotency-queries.js';
import { inboxQueries } from './inbox-queries.js';
import { messagingQueries } from './messaging-queries.js';
import { operationsQueries } from './operations-queries.js';
import { orderListsQueries } from './order-lists-queries.js';
import { ordersQueries } from './orders-queries.js';
import { privacyQueries } from './privacy-queries.js';
import type { CataloguedQuery } from './query.js';
import type { Samples } from './samples.js';
import { sessionsQueries } from './sessions-queries.js';
import { usersQueries } from './users-queries.js';

/** By subpath of this package: everything that it sends to the database, with arguments of the grown database. */
export const catalogue: Readonly<Record<string, (samples: Samples) => readonly CataloguedQuery[]>> = {
  access: (samples) => [...accessQueries(samples), ...usersQueries(), ...sessionsQueries(samples)],
  applications: applicationsQueries,
  contacts: contactsQueries,
  effects: effectsQueries,
  events: (samples) => [...eventsQueries(samples), ...historyQueries(samples)],
  idempotency: idempotencyQueries,
  inbox: inboxQueries,
  messaging: messagingQueries,
  operations: operationsQueries,
  orders: (samples) => [...ordersQueries(samples), ...orderListsQueries(samples)],
  privacy: privacyQueries,
};

/** Exported functions that send nothing of their own. */
export const sendNothing: readonly string[] = [
  'appendEvent',
  'chunksOf',
  'contentOf',
  'inSavepoint',
  'personOf',
  'referenceOf',
  'resyncKey',
  'subjectOf',
];
