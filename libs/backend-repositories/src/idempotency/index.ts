export { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
export type { AskedOnce, KeptAnswer, Remembered } from './idempotency-keys.repository.js';
export { markMade, once } from './once.js';
