import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import type { KeyCheckResult } from '../in-process/key-check.ts';
import { median, pairedRatio } from '../load/statistics.ts';
import { times } from '../phase.ts';
import { startPipeline } from '../system/pipeline.ts';

/** S9: what it costs to recognise an API key that was seen before. */
export const keyCheck: Benchmark = {
  promises: ['S9'],
  group: 'reads',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's9', worker: false });
    await pipeline.stopBackend();
    const key = pipeline.headers['X-API-Key'] ?? '';
    const rounds = context.quick ? 3 : 9;
    const { ours, baseline } = await checks({
      ...pipeline.env,
      LOG_LEVEL: 'silent',
      KEY: key,
      ROUNDS: String(rounds),
    });
    await pipeline.stop();
    const [mine, theirs] = [median(ours), median(baseline)];
    context.say(`  ${mine.toFixed(2)} µs per check, ${theirs.toFixed(2)} µs per SHA-256`);
    return [
      {
        promise: 'S9',
        what: 'API key check, warm',
        ours: `${mine.toFixed(2)} µs`,
        baseline: `${theirs.toFixed(2)} µs (SHA-256)`,
        ratio: times(pairedRatio(ours, baseline)),
        hold: '< 50 µs',
        held: mine < 50,
        note:
          `the backend's own authenticator with its cache, one check after the other in one process; the look at what ` +
          `changed and the renewal each second are in it; median of ${rounds} rounds of 50,000`,
        figures: { ours, baseline },
      },
    ];
  },
};

function checks(env: Readonly<Record<string, string>>): Promise<KeyCheckResult> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, '..', 'in-process', 'key-check.ts'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...env },
    });
    child.on('message', (message) => resolve(message as KeyCheckResult));
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`The key checks ended with ${signal ?? String(code)} before they had a result`)),
    );
  });
}
