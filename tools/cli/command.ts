import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Problem } from '../services/problem.ts';
import { nearest } from './nearest.ts';

/** What a command was given; `values` as its options declare them. */
export interface Given {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One command of the CLI: a file of `commands/`, and one line in `commands.ts`. */
export interface Command {
  readonly name: string;
  /** What it is for, on one line. */
  readonly summary: string;
  /** Its arguments and options, after its name. */
  readonly usage: string;
  /** Whatever else its user has to know. */
  readonly details?: string;
  /** None takes several values. */
  readonly options: ParseArgsOptionsConfig;
  /** Names of its arguments; one that ends with ? may be left out, and a last one that ends with ...? takes many. */
  readonly arguments: readonly string[];
  /** @returns the status of the process. @throws Problem for what its user can mend */
  readonly run: (given: Given) => Promise<number>;
}

/** An option's text; undefined where it was not given. */
export function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** @throws Problem that names what is unknown or missing, with the command's usage */
export function parseGiven(command: Command, args: readonly string[], env: Given['env']): Given {
  const usage = `npm run visapi -- ${command.name} ${command.usage}`.trimEnd();
  const { values, positionals } = parse(command, args, usage);
  const missing = command.arguments.find(
    (name, index) => !name.endsWith('?') && positionals[index] === undefined,
  );
  if (missing !== undefined) throw new Problem(`${command.name} needs <${missing}>`, usage);
  const takesMany = command.arguments.at(-1)?.endsWith('...?') ?? false;
  const extra = takesMany ? undefined : positionals[command.arguments.length];
  if (extra !== undefined) throw new Problem(`${command.name} does not take "${extra}"`, usage);
  return { values: values as Given['values'], positionals, env };
}

function parse(command: Command, args: readonly string[], usage: string) {
  try {
    return parseArgs({ args: [...args], options: command.options, strict: true, allowPositionals: true });
  } catch (cause) {
    const unknown = /^Unknown option '--?([^']+)'/.exec((cause as Error).message)?.[1];
    if (unknown === undefined) throw new Problem((cause as Error).message, usage, { cause });
    const meant = nearest(unknown, [...Object.keys(command.options), 'help']);
    const hint = meant === undefined ? '' : `Do you mean --${meant}?\n`;
    throw new Problem(`${command.name} has no option --${unknown}`, `${hint}${usage}`, { cause });
  }
}
