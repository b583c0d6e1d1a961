export { ContactsHttpModule } from './http/contacts-http.module.js';
