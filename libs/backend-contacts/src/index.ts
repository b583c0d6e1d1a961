export { syncContactJob } from './jobs/sync-contact.job.js';
