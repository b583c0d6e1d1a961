export { CheckDatabase } from './queries/check-database.query.js';
export { CacheHttpModule } from './http/cache-http.module.js';
export { LogsHttpModule } from './http/logs-http.module.js';
export { OperationsHttpModule } from './http/operations-http.module.js';
export { PrivacyHttpModule } from './http/privacy-http.module.js';
export { QueuesHttpModule } from './http/queues-http.module.js';
