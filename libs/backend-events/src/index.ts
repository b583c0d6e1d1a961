export { eventContracts } from './event-contracts.js';
export type { EventPayload, EventType } from './event-contracts.js';
export { subscribe } from './subscription.js';
export type { Subscription } from './subscription.js';
export type { FactObserver } from './outbox-relay.js';
export { OutboxRelay } from './outbox-relay.js';
export { EventsModule } from './events.module.js';
