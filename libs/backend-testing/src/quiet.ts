import { loadConfig, slices } from '@visapi/backend-config';
import { Log } from '@visapi/backend-observability';

/** Configuration of a process under test: nothing is logged. */
export const quietProcess = loadConfig(
  { NODE_ENV: 'test', LOG_LEVEL: 'silent' },
  { process: slices.process },
).process;

export const quietLog = Log.create(quietProcess, 'test');
