import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { currentDeadline, Deadline, runWithin, tookTooLong } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { quietLog } from '@visapi/backend-testing';
import { CacheService } from './cache.service.js';
import { defineFamily } from './family.js';
import { keyOf } from './key.js';

const family = defineFamily({
  name: 'price',
  parts: (id: string) => [id],
  budgetBytes: 1_000,
  memoryEntries: 10,
});
const key = keyOf(family, ['visa']);
const gone = tookTooLong(1_000);

let cache: CacheService;
let finish: (value: unknown) => void;
let loads: number;
let loadDeadline: AbortSignal | undefined;

beforeEach(() => {
  // Nobody listens there: reads under way are shared within the process all the same.
  cache = new CacheService('redis://127.0.0.1:1', [family], quietLog, new Metrics());
  loads = 0;
  loadDeadline = undefined;
});
afterEach(() => cache.onApplicationShutdown());

/** A caller whose source ends when the test says so. */
function read() {
  const deadline = new Deadline();
  const source = async (): Promise<unknown> => {
    loads += 1;
    loadDeadline = currentDeadline();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    finish = resolve;
    return await promise;
  };
  const answer = runWithin(deadline, () => cache.read(key, 1_000, source));
  return { answer, deadline, hangUp: () => deadline.end(gone) };
}

describe('many callers of one read under way', () => {
  it.each([0, 1])('are answered although one of them (%d) has gone, who is told at once', async (who) => {
    const callers = [read(), read(), read()];
    await new Promise(setImmediate);
    const leaving = callers[who]!;
    const told = expect(leaving.answer).rejects.toBe(gone);
    leaving.hangUp();
    await told;
    expect(loadDeadline?.aborted).toBe(false);
    finish(70);
    const staying = callers.filter((caller) => caller !== leaving).map(({ answer }) => answer);
    await expect(Promise.all(staying)).resolves.toEqual([70, 70]);
    expect(loads).toBe(1);
  });

  it('leave what was found to those who come later, even when all of them have gone', async () => {
    const first = read();
    await new Promise(setImmediate);
    const told = expect(first.answer).rejects.toBe(gone);
    first.hangUp();
    await told;
    finish(70);
    await expect(read().answer).resolves.toBe(70);
    await expect(read().answer).resolves.toBe(70);
    expect(loads).toBe(1);
  });

  it('ask within a limit that is none of theirs', async () => {
    const { answer, deadline } = read();
    await new Promise(setImmediate);
    expect(loadDeadline).toBeInstanceOf(AbortSignal);
    expect(loadDeadline).not.toBe(deadline.signal);
    finish(70);
    await answer;
  });
});
