export { ConfigError, loadConfig } from './load.js';
export type { Config, Slice } from './load.js';
export { flag, integer, json, oneOf, text, url } from './variable.js';
export type { Variable } from './variable.js';
export * as slices from './slices/index.js';
export type {
  AccessConfig,
  CbbConfig,
  DatabaseConfig,
  HttpConfig,
  ProcessConfig,
  QueueConfig,
  WabaConfig,
  WorkerConfig,
} from './slices/index.js';
