export { createTestDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export { takeTestRedis } from './test-redis.js';
export { until } from './until.js';
