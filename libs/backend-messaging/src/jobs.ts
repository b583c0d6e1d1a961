export {
  MessagingJobsModule,
  messagingProcessors,
  messagingSubscriptions,
} from './jobs/messaging-jobs.module.js';
export { SendWindowModule } from './send-window.module.js';
