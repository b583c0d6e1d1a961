import { integer, secret, text } from '../variable.js';

/** Where the worker answers probes and metrics. */
export const worker = {
  port: integer('WORKER_PORT', {
    default: 3001,
    min: 0,
    max: 65_535,
    meaning: 'TCP port of the worker’s /livez, /readyz and /metrics',
  }),
  stuckSeconds: integer('QUEUE_STUCK_SECONDS', {
    default: 20,
    min: 0,
    max: 3_600,
    meaning:
      'seconds that jobs may wait while the worker takes none until it is unready; as long again and it restarts itself; 0 = never',
  }),
  metricsToken: secret('METRICS_TOKEN', {
    atLeast: 16,
    meaning:
      'bearer token that opens the worker’s /metrics; without it they are open to this machine in development only',
  }),
  host: text('HOST', {
    default: '0.0.0.0',
    meaning: 'address the backend and the worker’s side port listen on',
  }),
} as const;
