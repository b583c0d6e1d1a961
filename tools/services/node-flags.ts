type App = 'backend' | 'worker' | 'sandbox';

/**
 * What V8 decides of the backend while it warms up must not hold for its life. It otherwise makes objects old from birth when
 * those of its first moments lived long, as they do while code is slow: of ten backends one or two then kept whole requests
 * until the next full collection, had twice as many of those, and spent up to a half more CPU for each order. And it throws
 * code away that did not run during six full collections, which are frequent here, to compile it again. The worker runs
 * without both: it gains little by the second, and with the first it came to 202 MB instead of 188.
 */
const STEADY = ['--no-allocation-site-pretenuring', '--no-flush-bytecode'] as const;

/**
 * How our processes run on Node. Left to itself V8 lets garbage gather as far as the machine's memory allows: on one of
 * 24 GB the backend came to 299 MB and the worker to 418 MB (RSS) with 55 MB of living objects each. New objects get 16 MB
 * in the backend and 8 MB in the worker, whose jobs live through several collections; old ones are looked through when they
 * have grown by 60 % and 30 %: without that a burst on a busy machine took the backend to 260 MB. It costs the worker a
 * sixth more CPU per order, the backend nothing that can be seen (30 % would cost it two fifths). The simulators keep every
 * call that they received; theirs is no memory to save. `npm run bench -- S10` shows what that makes.
 */
export const NODE_FLAGS: Readonly<Record<App, readonly string[]>> = {
  backend: [...STEADY, '--max-semi-space-size=16', '--heap-growing-percent=60'],
  worker: ['--max-semi-space-size=8', '--heap-growing-percent=30'],
  sandbox: [],
};

/**
 * The C library otherwise keeps an area of memory for each of Node's threads and gives little of them back: with two the
 * worker, which seals and opens what is personal outside the heap, came to 187 MB instead of 205 (glibc: mallopt(3)).
 */
export const MALLOC_LIMITS = { MALLOC_ARENA_MAX: '2' } as const;
