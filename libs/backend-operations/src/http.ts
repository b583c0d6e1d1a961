export { DatabaseHealth } from './database-health.js';
export { OperationsHttpModule } from './http/operations-http.module.js';
