export { DeliveriesRepository } from './deliveries.repository.js';
export type { DeliveryFilter, DeliveryRow, OpenDelivery } from './deliveries.repository.js';
export { ReplaysRepository } from './replays.repository.js';
export type { ReplayFilter, StoredDelivery } from './replays.repository.js';
export { receiveDeliveries } from './receive-deliveries.js';
export type { IncomingDelivery, ReceivedDelivery } from './receive-deliveries.js';
export { countRepeats } from './count-repeats.js';
export type { RepeatedDelivery } from './count-repeats.js';
