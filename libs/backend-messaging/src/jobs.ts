export { ApplyReceiptsProcessor } from './jobs/apply-receipts.processor.js';
export { MessagingJobsModule, messagingSubscriptions } from './jobs/messaging-jobs.module.js';
export { SendMessageProcessor } from './jobs/send-message.processor.js';
export { BindReceiptsProcessor } from './jobs/bind-receipts.processor.js';
export { SendWindowModule } from './send-window.module.js';
