export {
  ContactsJobsModule,
  contactsProcessors,
  contactsSubscriptions,
} from './jobs/contacts-jobs.module.js';
export { WatchLanes } from './jobs/watch-lanes.timer.js';
export { CheckCbbFields } from './jobs/check-cbb-fields.timer.js';
