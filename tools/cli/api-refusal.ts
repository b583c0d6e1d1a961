import { errorCodes, type ErrorPage } from '#kernel/error-codes.ts';
import { Problem } from '../services/problem.ts';

/** What the API says when it refuses. */
export interface Refusal {
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly path: string; readonly message: string }[];
  };
}

/** The same for a person: what is wrong, each fault of it, and what the table of error codes advises. */
export function refusal(status: number, { error }: Refusal): Problem {
  if (!error)
    return new Problem(
      `the backend answered ${status} in a form that is not ours`,
      'See that VISAPI_URL is the address of a VisAPI backend; its log tells more.',
    );
  const { code, message, details = [] } = error;
  const pages: Readonly<Record<string, ErrorPage>> = errorCodes;
  const advice = [
    ...details.map(({ path, message: fault }) => (path === '' ? fault : `${path}: ${fault}`)),
    ...(status === 401 ? ['Set VISAPI_API_KEY to a key that is known there.'] : []),
    ...(pages[code] ? [pages[code].remedy.replaceAll('`', '')] : []),
  ];
  return new Problem(`${message} (${code})`, advice.join('\n    ') || `It answered ${status}.`);
}
