export { ContactsJobsModule, contactsSubscriptions } from './jobs/contacts-jobs.module.js';
export { CheckCbbFields } from './jobs/check-cbb-fields.timer.js';
export { SyncContactProcessor } from './jobs/sync-contact.processor.js';
