export {
  checkDocument,
  checkParameters,
  furtherVisaApproval,
  issueNotice,
  orderConfirmation,
  templates,
  visaApproval,
} from './templates.js';
export type { Template, TemplateDocument } from './templates.js';
export { asParameter, flatten, isolate, isolateLatin, plainNumber } from './parameter-text.js';
export { applyReceiptsJob } from './jobs/apply-receipts.job.js';
export { sendMessageJob, sendRetries } from './jobs/send-message.job.js';
export { bindAndApply } from './bind-and-apply.js';
export { BindReceipts } from './commands/bind-receipts.command.js';
export { SettleMessage } from './commands/settle-message.command.js';
export { SkipStaleMessages } from './commands/skip-stale-messages.command.js';
export { toJobResult } from './moved-message.js';
export { MessagingModule } from './messaging.module.js';
