import { AppError, type AskedBy, heldScopes, type Scope } from '@visapi/backend-kernel';

/** Whoever gives keys or roles to others, with what they hold themselves. */
export interface Granter extends AskedBy {
  readonly scopes: ReadonlySet<Scope>;
}

/**
 * Nobody hands out, takes away or changes what they do not hold themselves.
 * @throws AppError `forbidden` that names each scope which is missing
 */
export function demandHeld(grants: Iterable<string>, { scopes }: Granter, message: string): void {
  const beyond = scopesBeyond(grants, scopes);
  if (beyond.length === 0) return;
  const details = beyond.map((scope) => ({ path: 'scope', message: `you do not hold ${scope}` }));
  throw new AppError('forbidden', message, { details });
}

/** What these grants come to beyond what somebody holds. */
function scopesBeyond(grants: Iterable<string>, held: ReadonlySet<Scope>): readonly Scope[] {
  return [...heldScopes(grants)].filter((scope) => !held.has(scope));
}
