export { ContactsRepository } from './contacts.repository.js';
export type { ContactClaim } from './claim-contacts.js';
export type { SyncedContact } from './mark-contacts-synced.js';
export type { NewestOrder } from './newest-order.js';
export { lockResyncTarget, newestOrderOf } from './resync-contact.js';
export type { ResyncTarget } from './resync-contact.js';
