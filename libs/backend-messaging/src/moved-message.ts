import type { JobResult } from '@visapi/backend-queue';
import type { MovedMessage } from './bind-and-apply.js';

/** What a receipt did to a message, as a line of the log. */
export function toJobResult(message: MovedMessage): JobResult {
  const { orderId, correlationId, failedCode, settled } = message;
  if (failedCode !== null) {
    const reason = `meta-${failedCode || 'failed'}`;
    return { outcome: 'failed', event: 'message.failed', orderId, correlationId, reason, attention: true };
  }
  const reason = settled ? 'settled by receipt' : null;
  return { outcome: 'moved', event: `message.${message.status}`, orderId, correlationId, reason };
}
