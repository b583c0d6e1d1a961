export { checkParameters, orderConfirmation } from './templates.js';
export { applyReceiptsJob } from './jobs/apply-receipts.job.js';
export { sendMessageJob } from './jobs/send-message.job.js';
export { BindReceipts } from './commands/bind-receipts.command.js';
export { SkipStaleMessages } from './commands/skip-stale-messages.command.js';
export { toJobResult } from './moved-message.js';
