import { freePort } from '#services/ports.ts';
import { startNode } from '../system/node-process.ts';
import type { Services } from '../system/services.ts';

export interface BareNest {
  readonly url: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly stop: () => Promise<void>;
}

/** Starts the bare Nest application; it answers every read with `answer`. */
export async function startBareNest(services: Services, answer: string): Promise<BareNest> {
  const port = await freePort();
  const { pid, stop } = await startNode(services, {
    name: 'bare-nest',
    file: 'load-tests/baselines/bare-nest.ts',
    flags: [],
    env: { PORT: String(port), ANSWER: answer, NODE_ENV: 'production' },
    readyUrl: `http://127.0.0.1:${port}/ready`,
    stage: 1,
  });
  return {
    url: `http://127.0.0.1:${port}/orders`,
    pids: { baseline: pid },
    stop: async () => void (await stop()),
  };
}
