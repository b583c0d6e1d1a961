import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { REPOSITORY } from '#launcher/settings.ts';
import type { ApiDescription } from './breaking-changes.ts';

/** What the built application exports. */
interface Built {
  createApp(environment: object): Promise<{ readonly app: NestFastifyApplication; close(): Promise<void> }>;
}

/** Nothing is asked of these: an application knows its routes before it reaches anything. */
const environment = {
  NODE_ENV: 'development',
  LOG_LEVEL: 'error',
  DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:9/nowhere',
  REDIS_URL: 'redis://127.0.0.1:9',
};

/** The OpenAPI description of the backend as it is built, from the backend itself. */
export async function describeBackend(): Promise<ApiDescription> {
  const file = join(REPOSITORY, 'apps', 'backend', 'dist', 'app.js');
  const built = (await import(pathToFileURL(file).href)) as Built;
  const { app, close } = await built.createApp(environment);
  try {
    const { statusCode, payload } = await app.inject({ method: 'GET', url: '/api/openapi.json' });
    if (statusCode !== 200)
      throw new Error(`The backend answers ${statusCode} when it is asked for its description`);
    return JSON.parse(payload) as ApiDescription;
  } finally {
    await close();
  }
}
