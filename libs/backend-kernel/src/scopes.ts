/**
 * Every permission, as `resource:action`. An API key holds them as its scopes, a user through a role; routes demand them and
 * cannot tell the two apart.
 */
export const SCOPES = [
  'webhook:vizi',
  'webhook:visanet',
  'orders:read',
  'orders:write',
  'orders:operate',
  'deliveries:read',
  'deliveries:operate',
  'messages:read',
  'ledger:read',
  'metrics:read',
  'logs:read',
  'audit:read',
  'events:read',
  'events:operate',
  'queues:read',
  'queues:operate',
  'integrations:airtable:read',
  'integrations:airtable:write',
  'cache:read',
  'cache:write',
  'keys:read',
  'keys:create',
  'keys:update',
  'keys:delete',
  'users:read',
  'users:update',
  'roles:read',
  'roles:update',
  'docs:read',
  'privacy:read',
  'privacy:erase',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}

/** What may be granted: a scope, or all actions of a resource as `resource:*`. */
export function isGrant(value: string): boolean {
  return isScope(value) || scopesOf(value).length > 0;
}

/**
 * The scopes that grants come to: `admin` holds every one, `orders:*` each that begins with `orders:`. What this version
 * does not know grants nothing.
 */
export function heldScopes(grants: Iterable<string>): ReadonlySet<Scope> {
  const held = new Set<Scope>();
  for (const grant of grants) for (const scope of scopesOf(grant)) held.add(scope);
  return held;
}

function scopesOf(grant: string): readonly Scope[] {
  if (grant === 'admin') return SCOPES;
  if (isScope(grant)) return [grant];
  const resource = /^(.+:)\*$/.exec(grant)?.[1];
  return resource === undefined ? [] : SCOPES.filter((scope) => scope.startsWith(resource));
}
