export { DataKeysRepository } from './data-keys.repository.js';
export type { WrappingUse } from './data-keys.repository.js';
export { SealingRepository } from './sealing.repository.js';
export { sealedTables } from './sealed-tables.js';
export type { SealedTableName } from './sealed-tables.js';
export { ErasuresRepository } from './erasures.repository.js';
export type { ErasureRow, Forgotten } from './erasures.repository.js';
export { personOf } from './person.js';
export { readSealed } from './read-sealed.js';
