export { ConfigError, loadConfig } from './load.js';
export type { Config, Slice } from './load.js';
export { flag, integer, json, oneOf, text, url } from './variable.js';
export type { Variable } from './variable.js';
export { isAirtableConfigured } from './slices/airtable.js';
export { isCbbConfigured } from './slices/cbb.js';
export { environment } from './environment.js';
export { slices } from './slices.js';
export type {
  AccessConfig,
  AirtableConfig,
  AuthConfig,
  CacheConfig,
  CbbConfig,
  DatabaseConfig,
  EncryptionConfig,
  HttpConfig,
  LimitsConfig,
  LogsConfig,
  MailConfig,
  MessagingConfig,
  ProcessConfig,
  QueueConfig,
  RetentionConfig,
  WabaConfig,
  WorkerConfig,
} from './slices.js';
