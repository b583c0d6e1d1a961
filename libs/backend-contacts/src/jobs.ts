export { ContactsJobsModule, contactsSubscriptions } from './jobs/contacts-jobs.module.js';
export { SyncContactProcessor } from './jobs/sync-contact.processor.js';
