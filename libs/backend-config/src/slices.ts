import type { SliceValues } from './load.js';
import { access } from './slices/access.js';
import { airtable } from './slices/airtable.js';
import { auth } from './slices/auth.js';
import { cache } from './slices/cache.js';
import { cbb } from './slices/cbb.js';
import { database } from './slices/database.js';
import { encryption } from './slices/encryption.js';
import { http } from './slices/http.js';
import { limits } from './slices/limits.js';
import { logs } from './slices/logs.js';
import { mail } from './slices/mail.js';
import { messaging } from './slices/messaging.js';
import { process } from './slices/process.js';
import { queue } from './slices/queue.js';
import { retention } from './slices/retention.js';
import { waba } from './slices/waba.js';
import { worker } from './slices/worker.js';

/** Every slice of the configuration; each process reads only those it needs. */
export const slices = {
  access,
  airtable,
  auth,
  cache,
  cbb,
  database,
  encryption,
  http,
  limits,
  logs,
  mail,
  messaging,
  process,
  queue,
  retention,
  waba,
  worker,
} as const;

export type AccessConfig = SliceValues<typeof access>;
export type AirtableConfig = SliceValues<typeof airtable>;
export type AuthConfig = SliceValues<typeof auth>;
export type CacheConfig = SliceValues<typeof cache>;
export type CbbConfig = SliceValues<typeof cbb>;
export type DatabaseConfig = SliceValues<typeof database>;
export type EncryptionConfig = SliceValues<typeof encryption>;
export type HttpConfig = SliceValues<typeof http>;
export type LimitsConfig = SliceValues<typeof limits>;
export type LogsConfig = SliceValues<typeof logs>;
export type MailConfig = SliceValues<typeof mail>;
export type MessagingConfig = SliceValues<typeof messaging>;
export type ProcessConfig = SliceValues<typeof process>;
export type QueueConfig = SliceValues<typeof queue>;
export type RetentionConfig = SliceValues<typeof retention>;
export type WabaConfig = SliceValues<typeof waba>;
export type WorkerConfig = SliceValues<typeof worker>;
