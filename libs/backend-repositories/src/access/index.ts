export { ApiKeysRepository } from './api-keys.repository.js';
export type { ApiKeyRow } from './api-keys.repository.js';
