import { addresses, flag, integer, origins, text } from '../variable.js';

/** Where the backend listens. */
export const http = {
  port: integer('PORT', { default: 3000, min: 0, max: 65_535, meaning: 'TCP port of the backend' }),
  host: text('HOST', {
    default: '0.0.0.0',
    meaning: 'address the backend and the worker’s side port listen on',
  }),
  reusePort: flag('LISTEN_REUSE_PORT', {
    default: false,
    meaning: 'several backends share the port (Linux SO_REUSEPORT)',
  }),
  idempotencyKeyTtlHours: integer('IDEMPOTENCY_KEY_TTL_HOURS', {
    default: 24,
    min: 1,
    max: 8_760,
    meaning: 'hours for which a repeated Idempotency-Key is given the answer of the first request',
  }),
  corsOrigins: origins('CORS_ORIGIN', {
    meaning:
      'web pages that may call the API with a browser’s credentials: exact origins such as https://app.example with commas between; not set: none',
  }),
  trustProxy: addresses('TRUST_PROXY', {
    meaning:
      'proxies whose X-Forwarded-For is believed, as the audit’s and the limits’ address of a caller: addresses or networks with commas between, `loopback`, `linklocal`, `uniquelocal`; not set: none, the address is the socket’s. Of X-Forwarded-Host and -Proto nothing is believed: links have PUBLIC_URL, and a proxy has to hand on `Host` as browsers send it (else CORS_ORIGIN names the page)',
  }),
} as const;
