import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './plan.ts';

/** Runs one plan in a generator process of its own and answers what it measured. */
export function drive(plan: LoadPlan): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'generator.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let result: LoadResult | undefined;
    child.on('message', (message) => {
      result = message as LoadResult;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (result) resolve(result);
      else
        reject(new Error(`The load generator ended with ${signal ?? String(code)} before it had a result`));
    });
    child.send(plan);
  });
}
