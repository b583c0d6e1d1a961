/** Stands in for `k6/execution`: which iteration the code runs in. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Iteration {
  readonly iterationInTest: number;
  /** From 0 at the scenario's start to 1 at its end. */
  readonly progress: number;
  readonly tags: Record<string, string>;
}

const storage = new AsyncLocalStorage<Iteration>();

export function withIteration<T>(iteration: Iteration, work: () => T): T {
  return storage.run(iteration, work);
}

/** Empty in `setup` and `teardown`. */
export function currentTags(): Readonly<Record<string, string>> {
  return storage.getStore()?.tags ?? {};
}

function current(): Iteration {
  const iteration = storage.getStore();
  if (iteration === undefined) throw new Error('k6 has no scenario in setup and teardown');
  return iteration;
}

export default {
  get scenario(): Iteration {
    return current();
  },
  vu: {
    get metrics(): { tags: Record<string, string> } {
      return current();
    },
  },
};
