import 'reflect-metadata';
import { ConfigError, environment } from '@visapi/backend-config';
import { createApp } from './app.js';

try {
  await (await createApp(environment)).run();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`);
  // What was opened before the failure would keep the process alive without it ever working.
  process.exit(1);
}
