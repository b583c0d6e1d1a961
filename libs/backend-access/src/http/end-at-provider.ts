import type { Log } from '@visapi/backend-observability';
import type { AskedFor, AuthProvider } from '../sessions/auth-provider.js';

interface Parts {
  readonly provider: AuthProvider;
  readonly log: Log;
}

/**
 * Ends sessions at Supabase Auth that have ended here, where it can be told; it forgets them by itself when nobody refreshes
 * them.
 */
export async function endAtProvider(
  { provider, log }: Parts,
  accessToken: string,
  scope: 'local' | 'others' | 'global',
  from: AskedFor,
): Promise<void> {
  await provider.signOut(accessToken, scope, from).catch(warnNotEnded(log, from));
}

/** For calls after which nothing here changes; the provider's errors carry no tokens. */
export function warnNotEnded(log: Log, { correlationId }: AskedFor) {
  return (error: unknown): undefined => {
    log.warn('a session could not be ended at Supabase Auth', { correlationId }, error);
  };
}
