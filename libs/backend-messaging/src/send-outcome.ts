/** What becomes of a message whose send did not simply succeed. */
export type SendOutcome = 'uncertain' | 'failed' | 'retry';

/** A business refusal (`success: false`) may pass, but not for ever. */
const mostRefusals = 5;

/**
 * Only what certainly was not sent is tried again; a clear no is final; everything else is uncertain, for ever if no
 * receipt or person settles it.
 */
export function judgeSend(
  error: { readonly kind: 'rejected' | 'unavailable' | 'unknown' | 'unexpected'; readonly reason: string },
  attempt: number,
): SendOutcome {
  switch (error.kind) {
    case 'rejected':
      return 'failed';
    case 'unavailable':
      return error.reason === 'success-false' && attempt >= mostRefusals ? 'failed' : 'retry';
    case 'unknown':
    case 'unexpected':
      return 'uncertain';
  }
}
