import type { Variable } from './variable.js';

export type Slice = Readonly<Record<string, Variable<unknown>>>;

export type SliceValues<S extends Slice> = {
  readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never;
};

export type Config<S extends Readonly<Record<string, Slice>>> = {
  readonly [K in keyof S]: SliceValues<S[K]>;
};

/** Everything that is wrong with the environment, in words, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the variables of the given slices, once, before anything starts. An empty string counts as not set.
 * @throws ConfigError that lists every problem together
 */
export function loadConfig<S extends Readonly<Record<string, Slice>>>(
  environment: Readonly<Record<string, string | undefined>>,
  slices: S,
): Config<S> {
  const problems: string[] = [];
  const production = environment['NODE_ENV'] === 'production';
  const entries = Object.entries(slices).map(([name, slice]) => [
    name,
    readSlice(slice, environment, production, problems),
  ]);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(Object.fromEntries(entries)) as Config<S>;
}

function readSlice(
  slice: Slice,
  environment: Readonly<Record<string, string | undefined>>,
  production: boolean,
  problems: string[],
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(slice)) {
    const given = environment[variable.name] === '' ? undefined : environment[variable.name];
    const misplaced = production ? productionProblem(variable, given) : undefined;
    if (misplaced !== undefined) {
      problems.push(misplaced);
      continue;
    }
    const result = variable.read.safeParse(given);
    if (result.success) values[key] = result.data;
    else
      problems.push(
        `${variable.name} ${result.error.issues[0]?.message ?? 'is not usable'} (${variable.meaning})`,
      );
  }
  return Object.freeze(values);
}

function productionProblem(
  { name, needed, meaning, weakness }: Variable<unknown>,
  given: string | undefined,
): string | undefined {
  if (needed === 'production' && given === undefined) return `${name} is required in production: ${meaning}`;
  if (needed === 'never-in-production' && given !== undefined)
    return `${name} must not be set in production: ${meaning}`;
  const problem = given === undefined ? undefined : weakness?.(given);
  return problem === undefined ? undefined : `${name} ${problem} (${meaning})`;
}
