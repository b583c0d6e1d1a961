import type { SliceValues } from '../load.js';
import type { access } from './access.js';
import type { cbb } from './cbb.js';
import type { database } from './database.js';
import type { http } from './http.js';
import type { process } from './process.js';
import type { queue } from './queue.js';
import type { waba } from './waba.js';
import type { worker } from './worker.js';

export { access } from './access.js';
export { cbb } from './cbb.js';
export { database } from './database.js';
export { http } from './http.js';
export { process } from './process.js';
export { queue } from './queue.js';
export { waba } from './waba.js';
export { worker } from './worker.js';

export type AccessConfig = SliceValues<typeof access>;
export type CbbConfig = SliceValues<typeof cbb>;
export type DatabaseConfig = SliceValues<typeof database>;
export type HttpConfig = SliceValues<typeof http>;
export type ProcessConfig = SliceValues<typeof process>;
export type QueueConfig = SliceValues<typeof queue>;
export type WabaConfig = SliceValues<typeof waba>;
export type WorkerConfig = SliceValues<typeof worker>;
