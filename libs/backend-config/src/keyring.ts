import { z } from 'zod';
import { type Common, define, type Variable } from './variable.js';

/** A key with the name under which it is told from others. */
export interface NamedKey {
  readonly id: string;
  readonly key: Buffer;
}

const keysWanted =
  'must be keys as name:base64 of 32 bytes with commas between (echo "k1:$(openssl rand -base64 32)"), names of a to z, 0 to 9 and - that differ';

/** Keys of 256 bits with their names; no message repeats any. */
export function keyring(
  name: string,
  options: Common & { default: string },
): Variable<readonly [NamedKey, ...NamedKey[]]> {
  const read = z
    .string()
    .default(options.default)
    .transform((given, context) => {
      const keys = given.split(',').map(namedKey);
      const names = new Set(keys.map((key) => key?.id));
      const [first, ...others] = keys.filter((key) => key !== undefined);
      if (first && others.length === keys.length - 1 && names.size === keys.length)
        return [first, ...others] as const;
      context.addIssue(keysWanted);
      return z.NEVER;
    });
  const weakness = (given: string): string | undefined =>
    given.split(',').some((part) => isGuessable(namedKey(part)))
      ? 'is too weak for production: a key of it was not drawn at random (openssl rand -base64 32 makes a good one)'
      : undefined;
  return { ...define(name, read, options), weakness };
}

function namedKey(given: string): NamedKey | undefined {
  const [, id, text] = /^\s*([a-z0-9-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(given) ?? [];
  if (id === undefined || text === undefined) return undefined;
  return { id, key: Buffer.from(text, 'base64') };
}

/** Of 32 random bytes some 30 differ, and hardly one in three is a printable character. */
function isGuessable(named: NamedKey | undefined): boolean {
  if (!named) return false;
  const { key } = named;
  return new Set(key).size < 16 || key.every((byte) => byte >= 32 && byte < 127);
}
