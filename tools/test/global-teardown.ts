import { stopAll } from './running.ts';

async function tearDown(): Promise<void> {
  await stopAll();
}

// Jest takes a global teardown from the default export only.
export { tearDown as default };
