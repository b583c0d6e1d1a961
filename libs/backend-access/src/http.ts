export { AccessModule } from './http/access-http.module.js';
