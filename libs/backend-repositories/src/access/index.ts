export { ApiKeysRepository } from './api-keys.repository.js';
export type { ApiKeyRow, KeyUse } from './api-keys.repository.js';
