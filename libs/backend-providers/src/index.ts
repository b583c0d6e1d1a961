export { CbbTransport } from "./cbb/transport.js";
export { CbbClient, HttpCbbClient } from './cbb/client.js';
export type { CbbContact, CbbField, NewCbbContact, TemplateMessage } from './cbb/client.js';
export { VendorError } from './vendor-error.js';
export type { VendorErrorKind } from './vendor-error.js';
export { RateGate } from './rate-gate.js';
