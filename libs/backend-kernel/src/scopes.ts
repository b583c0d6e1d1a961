/** Every scope an API key can hold. */
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
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}
