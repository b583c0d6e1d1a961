export { ContactsRepository } from './contacts.repository.js';
export type { ContactClaim } from './contacts.repository.js';
