import { randomUUID } from 'node:crypto';
import { done, fieldsOf, refused, type VendorSimulator } from '../vendor.js';

const names: Readonly<Record<number, string>> = {
  401: 'missing_api_key',
  404: 'not_found',
  422: 'validation_error',
  429: 'rate_limit_exceeded',
};

/** Sending one e-mail. */
export function resendSimulator(): VendorSimulator {
  const errorBody = (status: number, message: string) => ({
    statusCode: status,
    name: names[status] ?? 'application_error',
    message,
  });
  return {
    vendor: 'resend',
    routes: [
      {
        method: 'POST',
        path: '/emails',
        answer: (call) => {
          if (!call.headers['authorization']) return refused(401, errorBody(401, 'Missing API key'));
          const email = fieldsOf(call.json());
          const missing = ['from', 'to', 'subject'].find((field) => !email[field]);
          if (missing !== undefined) return refused(422, errorBody(422, `Missing \`${missing}\` field.`));
          return done({ id: randomUUID() });
        },
      },
    ],
    errorBody,
  };
}
