import { Problem } from '../services/problem.ts';
import type { Given } from './command.ts';
import type { Operation, Parameter } from './description.ts';

/** Given without a value. Every other truth of the API has two sides that somebody may want to ask for. */
const flags = ['dry-run', 'force'];
/** Of a list: --limit and --all stand for them. */
const paging = ['page', 'per-page', 'cursor'];

export function isFlag({ option }: Parameter): boolean {
  return flags.includes(option);
}

/** What an operation takes as options; those that say which page are ours. */
export function offered({ parameters }: Operation): readonly Parameter[] {
  return parameters.filter(({ option }) => !paging.includes(option));
}

/** How help shows it: `--state open|closed`, `--order-id <text>`. */
export function usageOf(parameter: Parameter): string {
  const value = isFlag(parameter) ? '' : ` ${kindOf(parameter.schema)}`;
  return parameter.isRequired ? `--${parameter.option}${value}` : `[--${parameter.option}${value}]`;
}

function kindOf(schema: Parameter['schema']): string {
  if (schema.enum) return schema.enum.join('|');
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf) {
    const told = schema.anyOf.filter(({ type }) => type !== 'null').map(kindOf);
    return [...new Set(told)].join('|');
  }
  if (schema.type === 'boolean') return 'true|false';
  if (schema.type === 'integer' || schema.type === 'number') return '<number>';
  if (schema.type === 'array') return '<a,b,...>';
  if (schema.format === 'date-time') return '<time>';
  return schema.type === 'string' ? '<text>' : '<json>';
}

interface Sent {
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** What is sent for the options that were given. @throws Problem when one is missing or cannot be sent */
export function sentFor(operation: Operation, values: Given['values'], usage: string): Sent {
  const parameters = offered(operation);
  const missing = parameters.find(({ option, isRequired }) => isRequired && values[option] === undefined);
  if (missing) throw new Problem(`--${missing.option} is missing`, usage);
  const given = parameters.filter(({ option }) => values[option] !== undefined);
  for (const parameter of given) refuseUnknownWord(parameter, values[parameter.option]);
  const query = given
    .filter(({ within }) => within === 'query')
    .map(({ option, keys }) => [keys.join('.'), String(values[option])] as const);
  const body: Record<string, unknown> = {};
  for (const parameter of given.filter(({ within }) => within === 'body'))
    put(body, parameter.keys, valueOf(parameter, values[parameter.option]));
  const takesBody = operation.parameters.some(({ within }) => within === 'body');
  return { query: Object.fromEntries(query), body: takesBody ? body : undefined };
}

/** Before anybody is asked to confirm it. Of a query one may name several. */
function refuseUnknownWord({ option, within, schema }: Parameter, given: Given['values'][string]): void {
  if (!schema.enum || within !== 'body' || schema.enum.includes(String(given))) return;
  throw new Problem(`--${option} cannot be "${String(given)}"`, `One of: ${schema.enum.join(', ')}`);
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value);
}

/** In the body, as JSON has it. The API says what is wrong with a value; here it only takes its type. */
function valueOf({ option, schema }: Parameter, given: Given['values'][string]): unknown {
  if (typeof given !== 'string') return given;
  if (given === 'null' && schema.anyOf?.some(({ type }) => type === 'null')) return null;
  if (schema.type === 'array') return given.split(',').map((each) => each.trim());
  const isJson = /^\s*[[{]/.test(given) && schema.type !== 'string';
  if (isJson || kindOf(schema) === '<json>') return parsed(option, given);
  const isPlain = ['boolean', 'integer', 'number'].includes(String(schema.type));
  return isPlain ? parsed(option, given) : given;
}

function parsed(option: string, given: string): unknown {
  try {
    return JSON.parse(given) as unknown;
  } catch (cause) {
    throw new Problem(`--${option} cannot be read: ${given}`, `It is JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
