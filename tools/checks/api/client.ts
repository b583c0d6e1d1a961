import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import type { ApiDescription } from './breaking-changes.ts';

/** The sources of the typed client, by their paths below its folder. Node.js runs them as they stand: the CLI does so. */
export async function generateClient(description: ApiDescription): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'visapi-client-'));
  try {
    await createClient({
      input: { ...description },
      output: { path: folder, module: { extension: '.ts' } },
      plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
      logs: { level: 'silent' },
    });
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const read = async (file: string): Promise<[string, string]> => [
      file.slice(folder.length + 1),
      await readFile(file, 'utf8'),
    ];
    return new Map(await Promise.all(files.sort().map(read)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
