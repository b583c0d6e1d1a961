export { Log } from './log.js';
export type { LogFields } from './log.js';
export { LogBuffer } from './log-buffer.js';
export type { KeptLine } from './kept-line.js';
export { nestLogger } from './nest-logger.js';
export { Metrics, attentionReasons, laneStates } from './metrics.js';
export type { AttentionReason } from './metrics.js';
export { ObservabilityModule } from './observability.module.js';
