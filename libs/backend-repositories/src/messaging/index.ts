export { MessagesRepository } from './messages.repository.js';
export type { MessageClaim, MessageFilter, MessageRow } from './messages.repository.js';
export { ReceiptsRepository } from './receipts.repository.js';
export type { BindingCandidate, NewReceipt, ReceiptRow } from './receipts.repository.js';
export { lockToSettle, settleAsNotSent, settleAsSent } from './settle-message.js';
