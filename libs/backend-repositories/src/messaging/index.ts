export { MessagesRepository } from './messages.repository.js';
export { MessageListsRepository } from './message-lists.repository.js';
export type { AskedMessage, MessageClaim } from './claim-messages.js';
export type { AcceptedMessage, MarkedMessage } from './mark-messages-accepted.js';
export type { MessageFilter, MessageRow } from './message-lists.repository.js';
export { ReceiptsRepository } from './receipts.repository.js';
export type { BindingCandidate, NewReceipt, ReceiptRow } from './receipts.repository.js';
export { lockToSettle, settleAsNotSent, settleAsSent } from './settle-message.js';
