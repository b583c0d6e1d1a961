export { BatchOperationsService } from './batch-operations.js';
export { chunksOf } from './chunks.js';
