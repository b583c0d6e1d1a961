import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { writeJson } from './files.ts';

// Below the range from which Linux and macOS take the ports of outgoing connections: a server that is
// restarted under load would otherwise find its own port used by somebody's client socket.
const LOWEST = 20_000;
const HIGHEST = 32_000;

export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}

/** A free port for each name: the one of the last time when it is free, remembered in `file`. */
export async function stablePorts<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const last = await remembered(file);
  const chosen: Record<string, number> = {};
  for (const name of names) {
    let port = await freePort(last[name]);
    while (Object.values(chosen).includes(port)) port = await freePort();
    chosen[name] = port;
  }
  await writeJson(file, { ...last, ...chosen });
  return chosen;
}

async function remembered(file: string): Promise<Record<string, number>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Record<string, number>;
}
