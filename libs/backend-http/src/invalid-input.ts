import { AppError, type ErrorDetail } from '@visapi/backend-kernel';
import { shortNames } from './page-query.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: unknown;
  /** Of `unrecognized_keys`: fields that nobody asked for. */
  readonly keys?: readonly string[];
}

/** What is wrong with a query, a body or the place in a path, each fault with where it is. */
export function invalidInput(issues: readonly Issue[]): AppError {
  return new AppError('invalid', 'The request is not valid.', { details: issues.flatMap(detailsOf) });
}

/** The schema finds fields too many in the object that holds them; whoever sent them looks for the fields themselves. */
function detailsOf({ message, path = [], code, keys }: Issue): ErrorDetail[] {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part));
  const places =
    code === 'unrecognized_keys' ? shortNames(keys ?? []).map((key) => [...place, key]) : [place];
  return places.map((parts) => ({ path: parts.join('.'), message }));
}
