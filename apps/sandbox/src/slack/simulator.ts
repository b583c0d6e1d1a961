import { done, fieldsOf, refused, type VendorSimulator } from '../vendor.js';

/** An incoming webhook: answers the bare word, in errors too. */
export function slackSimulator(): VendorSimulator {
  return {
    vendor: 'slack',
    routes: [
      {
        method: 'POST',
        path: '/services/:team/:bot/:token',
        answer: (call) => {
          const body = call.json();
          if (typeof body !== 'object' || body === null) return refused(400, 'invalid_payload');
          const { text, blocks, attachments } = fieldsOf(body);
          return text || blocks || attachments ? done('ok') : refused(400, 'no_text');
        },
      },
    ],
    errorBody: (status) => (status === 429 ? 'rate_limited' : status === 404 ? 'no_service' : 'server_error'),
  };
}
