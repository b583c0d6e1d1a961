import type { Category } from './app-error.js';

export interface ErrorPage {
  /** Decides the status of the answer. */
  readonly category: Category;
  readonly cause: string;
  readonly remedy: string;
  /** Whether the caller gains anything by sending the same request again. */
  readonly again: string;
}

/**
 * Every code that an error may carry. `docs/errors.md`, the page at `/api/docs/errors` and the OpenAPI description are made of
 * this; a code that is not here cannot be thrown.
 */
export const errorCodes = {
  VALIDATION_ERROR: {
    category: 'invalid',
    cause:
      'Something in the address, the query, a header or the body is not of the form that the route takes, or is a parameter that it does not know.',
    remedy:
      'Each entry of `details` names one fault by its path and says what would be right. Correct all of them.',
    again: 'No: the same request is refused again.',
  },
  UNAUTHENTICATED: {
    category: 'unauthenticated',
    cause:
      'No credential was sent, or none that is known: a key that is misspelt, expired or revoked, an access token that is over or was not made for this API, a webhook whose signature does not fit its body.',
    remedy:
      'Send a key as `X-API-Key`, or a key or access token as `Authorization: Bearer`. Refresh an access token that is over; ask for a new key when yours has expired.',
    again: 'Not with the same credential.',
  },
  FORBIDDEN: {
    category: 'forbidden',
    cause: 'The credential is good, and may not do this.',
    remedy:
      '`details` names each scope that is missing: ask somebody who holds it to grant it. Without details, `message` says what stands in the way.',
    again: 'No, until the key or the role was changed.',
  },
  NOT_FOUND: {
    category: 'not-found',
    cause: 'There is no such address, or nothing with this id.',
    remedy:
      'Look at the address in the API description, or for the thing in its list. What was created a moment ago may take two seconds to be seen everywhere.',
    again: 'Only for what was created a moment ago.',
  },
  CONFLICT: {
    category: 'conflict',
    cause:
      'What is asked does not fit how things stand: it was done already, somebody was faster, or the thing is in a state that does not allow it.',
    remedy: 'Read the thing again; `message` says what does not fit. Then decide anew.',
    again:
      'Only after looking. With `Retry-After`, the same request is still being worked on: after that time.',
  },
  PAYLOAD_TOO_LARGE: {
    category: 'too-large',
    cause: 'The body is larger than 10 MB.',
    remedy: 'Send less at a time.',
    again: 'No.',
  },
  UNPROCESSABLE: {
    category: 'unprocessable',
    cause:
      'The request is well formed, and its content cannot be used: an order without an id, a search that is too deep.',
    remedy:
      '`details` names what cannot be used. An order that is refused this way is kept for an operator; `deliveryId` names it.',
    again: 'No: the same content is refused again.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    category: 'unprocessable',
    cause: 'This `Idempotency-Key` was used before, for another address or another body.',
    remedy: 'Take a new key for each thing that you want done, and the same key only to repeat it unchanged.',
    again: 'Not with this key.',
  },
  RATE_LIMITED: {
    category: 'rate-limited',
    cause: 'There were more requests within a minute than this caller is allowed.',
    remedy:
      'Wait for the seconds in `Retry-After`. The `RateLimit` headers of every answer say what is left.',
    again: 'Yes, after the seconds in `Retry-After`.',
  },
  INTERNAL_ERROR: {
    category: 'bug',
    cause: 'A fault of ours.',
    remedy: 'Tell us the `requestId` of the answer; the log has its story.',
    again:
      'A read: yes, once. A change: look first whether it was done, or repeat it with its `Idempotency-Key`.',
  },
  UNAVAILABLE: {
    category: 'unavailable',
    cause: 'Something that is needed cannot be reached at the moment, or this process is just stopping.',
    remedy: 'Wait for the seconds in `Retry-After`, and send the request again.',
    again: 'Yes. A webhook that is sent twice is counted, not done twice.',
  },
  TIMEOUT: {
    category: 'timeout',
    cause: 'The work took longer than the route allows (408: the request itself came too slowly).',
    remedy:
      'Ask for less: a shorter period, a smaller page. `message` says whether anything may have been done.',
    again: 'A read: yes. A change: look first, or repeat it with its `Idempotency-Key`.',
  },
  CLIENT_CLOSED_REQUEST: {
    category: 'timeout',
    cause:
      'The caller of a read hung up before it was answered. Nobody receives this code; it stands in our log.',
    remedy: 'None is needed.',
    again: 'Yes.',
  },
} as const satisfies Readonly<Record<string, ErrorPage>>;

export type ErrorCode = keyof typeof errorCodes;
