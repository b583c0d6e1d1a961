export { grow } from './grow.js';
export { compiledQueries } from './compiled.js';
export { examine } from './examine.js';
export type { Examined } from './examine.js';
