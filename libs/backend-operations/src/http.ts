export { CheckDatabase } from './queries/check-database.query.js';
export { OperationsHttpModule } from './http/operations-http.module.js';
