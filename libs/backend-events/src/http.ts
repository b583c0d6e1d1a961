export { EventsHttpModule } from './http/events-http.module.js';
