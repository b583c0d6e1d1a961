import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { GuardianOrder } from './guardian.ts';
import { stopInOrder, type Watched } from './stop.ts';

// Nobody waits at a terminal for these to finish: a shorter patience than an orderly stop has.
const PATIENCE_MS = 3_000;

const watched = new Map<number, Watched>();
const paths = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as GuardianOrder;
  if ('watch' in order) watched.set(order.watch.pid, order.watch);
  else if ('forget' in order) watched.delete(order.forget);
  else paths.add(order.removeAtEnd);
}

// The pipe is closed: whoever started us is finished, or dead.
await stopInOrder([...watched.values()], PATIENCE_MS);
// Somebody else's server may still be writing its last files there.
for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
