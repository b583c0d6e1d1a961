export { ContactsRepository } from './contacts.repository.js';
export type { ContactClaim, NewestOrder } from './contacts.repository.js';
export { lockResyncTarget, newestOrderOf } from './resync-contact.js';
export type { ResyncTarget } from './resync-contact.js';
