import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#services/ports.ts';
import { startNode } from '../system/node-process.ts';
import { migrateDatabase } from '../system/pipeline.ts';
import { script } from '../system/query.ts';
import type { Services } from '../system/services.ts';

/** Between 8 and 32 connections differ by less than the noise; 16 was among the best. */
const POOL_MAX = 16;

export interface BareIngest {
  readonly url: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly databaseUrl: string;
  readonly stop: () => Promise<void>;
}

/** Starts the bare ingest on a database of its own in the same server. */
export async function startBareIngest(services: Services): Promise<BareIngest> {
  const databaseUrl = await services.createDatabase('bare');
  await migrateDatabase(databaseUrl);
  await script(databaseUrl, await readFile(join(import.meta.dirname, 'bare-ingest.sql'), 'utf8'));
  const port = await freePort();
  const process = await startNode(services, {
    name: 'bare-ingest',
    file: 'load-tests/baselines/bare-ingest.ts',
    flags: [],
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      POOL_MAX: String(POOL_MAX),
      NODE_ENV: 'production',
    },
    readyUrl: `http://127.0.0.1:${port}/ready`,
    stage: 1,
  });
  return {
    url: `http://127.0.0.1:${port}/orders`,
    pids: { baseline: process.pid },
    databaseUrl,
    stop: async () => {
      await process.stop();
    },
  };
}
