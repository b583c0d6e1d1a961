import type { Family } from './family.js';

/** Seconds, or `auth` for CACHE_TTL_AUTH; none = CACHE_TTL_DEFAULT. */
export type Ttl = number | 'auth';

type Pattern<Args extends readonly unknown[]> = string | ((...args: Args) => string);

/** What was declared about a method. Without CacheModule in the process it has no effect. */
export type Rule =
  | { readonly kind: 'read' | 'put'; readonly family: Family; readonly ttl: Ttl | undefined }
  | { readonly kind: 'evict'; readonly pattern: Pattern<never[]> };

const rules = new WeakMap<object, Rule>();

export function ruleOf(method: unknown): Rule | undefined {
  return typeof method === 'function' ? rules.get(method) : undefined;
}

/** Answers from the cache where it can. Errors and `undefined` are never kept. */
export function Cacheable<Args extends readonly unknown[]>(options: { key: Family<Args>; ttl?: Ttl }) {
  return declare<Args>({ kind: 'read', family: options.key as unknown as Family, ttl: options.ttl });
}

/** Runs the method and keeps what it resolves to, in place of what was kept under the same first part. */
export function CachePut<Args extends readonly unknown[]>(options: { key: Family<Args>; ttl?: Ttl }) {
  return declare<Args>({ kind: 'put', family: options.key as unknown as Family, ttl: options.ttl });
}

/**
 * Forgets what the pattern names after the method ended, which for a command is after its transaction committed.
 * @param options.pattern `family:*`, `family:<first part>:*` (see `under`), or how to make it of the arguments
 */
export function CacheEvict<Args extends readonly unknown[]>(options: { pattern: Pattern<Args> }) {
  return declare<readonly [...Args, ...unknown[]]>({
    kind: 'evict',
    pattern: options.pattern as Pattern<never[]>,
  });
}

/** The arguments of the method must be what the key or pattern is made of, all of them. */
function declare<Args extends readonly unknown[]>(rule: Rule) {
  return <Given extends Args, Result>(
    _prototype: object,
    name: string | symbol,
    { value: method }: TypedPropertyDescriptor<(...args: Given) => Promise<Result>>,
  ): void => {
    if (method === undefined) throw new Error(`${String(name)} is no method`);
    if (rules.has(method)) throw new Error(`${String(name)} has two cache decorators`);
    rules.set(method, rule);
  };
}
