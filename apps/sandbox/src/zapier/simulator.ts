import { randomUUID } from 'node:crypto';
import { done, type VendorSimulator } from '../vendor.js';

/** A catch hook: takes whatever comes. */
export function zapierSimulator(): VendorSimulator {
  return {
    vendor: 'zapier',
    routes: [
      {
        method: 'POST',
        path: '/hooks/catch/*',
        answer: () => {
          const id = randomUUID();
          return done({ attempt: id, id, request_id: id, status: 'success' });
        },
      },
    ],
    errorBody: (_status, message) => ({ status: 'error', message }),
  };
}
