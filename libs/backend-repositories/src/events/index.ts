export { EventsRepository, appendEvent } from './events.repository.js';
export type { EventRow, NewEvent } from './events.repository.js';
export { EventListsRepository } from './event-lists.repository.js';
export type { EventFilter, ListedEvent } from './event-lists.repository.js';
export { SealsRepository } from './seals.repository.js';
export type { BrokenSeal, Seal } from './seals.repository.js';
