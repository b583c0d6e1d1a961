export { CacheModule } from './cache.module.js';
export { CacheService } from './cache.service.js';
export type { FamilyStats } from './cache.service.js';
export { Cacheable, CacheEvict, CachePut } from './decorators.js';
export { keys } from './keys.js';
