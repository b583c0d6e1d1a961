export { CbbClient, HttpCbbClient } from './cbb/client.js';
export type { CbbField, NewCbbContact } from './cbb/client.js';
export { CbbModule } from './cbb/cbb.module.js';
export { upsertContact } from './cbb/upsert-contact.js';
export { VendorError } from './vendor-error.js';
export { RateGate } from './rate-gate.js';
