export { EventsRepository, appendEvent } from './events.repository.js';
export type { EventRow, NewEvent } from './events.repository.js';
