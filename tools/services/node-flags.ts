/**
 * How our processes run on Node. Left to itself V8 lets garbage gather as far as the machine's memory allows: a worker that
 * needs 80 MB of heap grew to 230 MB (RSS 430 MB) on one of 24 GB. New objects get 8 MB, and old ones are looked through
 * when they have grown by 30 %. `npm run bench -- S10` shows what that makes.
 */
export const NODE_FLAGS: readonly string[] = [
  '--enable-source-maps',
  '--max-semi-space-size=8',
  '--heap-growing-percent=30',
];
