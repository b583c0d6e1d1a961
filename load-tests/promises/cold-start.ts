import type { Benchmark } from '../benchmark.ts';
import { median } from '../load/statistics.ts';
import { startPipeline, type App, type Pipeline } from '../system/pipeline.ts';

/** S12: from the start of each process to its first 200 at /readyz. */
export const coldStart: Benchmark = {
  promises: ['S12'],
  group: 'footprint',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's12', worker: true });
    await pipeline.stopBackend();
    await pipeline.stopWorker();
    const times: Record<App, number[]> = { backend: [], worker: [] };
    const rounds = context.quick ? 3 : 7;
    for (let round = 0; round < rounds; round += 1) {
      for (const app of ['backend', 'worker'] as const) times[app].push(await startOnce(pipeline, app));
    }
    await pipeline.stop();
    const words = (pick: (all: readonly number[]) => number): string =>
      Object.entries(times)
        .map(([app, all]) => `${app} ${pick(all).toFixed(2)} s`)
        .join(', ');
    const [usual, longest] = [words(median), words((all) => Math.max(...all))];
    context.say(`  ready after ${usual}`);
    const slowest = Math.max(...Object.values(times).map(median));
    return [
      {
        promise: 'S12',
        what: 'cold start to ready',
        ours: usual,
        baseline: '-',
        ratio: '-',
        hold: '< 3 s',
        held: slowest < 3,
        note: `spawn to the first 200 of /readyz, asked every 40 ms, one process at a time, median of ${rounds}; longest ${longest}`,
        figures: { seconds: times },
      },
    ];
  },
};

async function startOnce(pipeline: Pipeline, app: App): Promise<number> {
  const begun = performance.now();
  const started = await pipeline.start(app);
  const seconds = (performance.now() - begun) / 1000;
  await started.stop();
  return seconds;
}
