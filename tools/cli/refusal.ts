import { Problem } from '../services/problem.ts';

/** What the system refuses is said in words already. @throws Problem with them, for a command that asked for too much */
export async function orExplain<T>(command: string, ask: () => Promise<T>): Promise<T> {
  const { translateDatabaseError } = await import('@visapi/backend-repositories');
  try {
    return await ask();
  } catch (error) {
    const cause = translateDatabaseError(error);
    if (!isRefusal(cause)) throw error;
    const details = (cause.details ?? []).map(({ path, message }) => `${path}: ${message}`).join('\n');
    throw new Problem(cause.message, details || `npm run visapi -- ${command} --help`, { cause });
  }
}

/** An AppError: libraries are there only once they are built, so it is known by its name. */
function isRefusal(
  error: unknown,
): error is Error & { readonly details?: readonly { readonly path: string; readonly message: string }[] } {
  return error instanceof Error && error.name === 'AppError';
}
