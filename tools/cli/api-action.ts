import { Problem } from '../services/problem.ts';
import { type Api, type ApiRequest, openApi } from './api.ts';
import { shortUsageOf } from './api-help.ts';
import { followed, listed } from './api-pages.ts';
import { print } from './columns.ts';
import type { Given } from './command.ts';
import { confirm } from './confirm.ts';
import { type Operation, operationOf } from './description.ts';
import { offered, sentFor, usageOf } from './parameters.ts';
import { linesOfOne, linesOfRows } from './view.ts';

/** One thing that can be asked of the API. Two of a command may share a name and differ in their arguments. */
export interface Action {
  /** Empty for the only one of its command. */
  readonly name: string;
  /** `operationId` of the route, which says what it takes. */
  readonly operation: string;
  /** Of a list: what is shown of each row; all of it unless said. */
  readonly columns?: readonly string[];
  /** What is asked before it is done, where that cannot be undone; `{orderId}` stands for an argument, `{--outcome}` for an option. */
  readonly confirm?: string;
  /** The list of its answer that goes on at the answer's cursor, until there is none. */
  readonly goesOn?: string;
}

/** @param called what its user called it, such as `orders show` */
export async function perform(
  called: string,
  action: Action,
  words: readonly string[],
  { values, env }: Given,
): Promise<void> {
  const operation = operationOf(action.operation);
  refuseForeign(called, action, operation, values);
  const usage = usageFor(called, action, operation);
  const request = {
    ...operation,
    path: filled(operation, words, true),
    ...sentFor(operation, values, usage),
  };
  const api = await openApi(env);
  if (action.confirm !== undefined && values['dry-run'] !== true)
    await confirm(questionOf(action.confirm, operation, words, values), values['yes'] === true);
  const json = values['json'] === true;
  if (operation.isList) return await showList(api, request, action, values);
  const data =
    action.goesOn === undefined ? (await api.ask(request)).data : await followed(api, request, action.goesOn);
  print(json, data, () => (Array.isArray(data) ? linesOfRows(data, action.columns) : linesOfOne(data)));
}

async function showList(
  api: Api,
  request: ApiRequest,
  { columns }: Action,
  values: Given['values'],
): Promise<void> {
  const { rows, more } = await listed(api, request, values);
  print(values['json'] === true, rows, () => linesOfRows(rows, columns));
  if (more)
    process.stderr.write(
      `There are more than these ${rows.length}: --limit <n> shows so many, --all every one.\n`,
    );
}

function usageFor(called: string, action: Action, operation: Operation): string {
  const [command] = called.split(' ');
  const options = offered(operation).map(usageOf);
  return ['npm run visapi --', command, shortUsageOf(action), ...options].join(' ');
}

function questionOf(
  question: string,
  operation: Operation,
  words: readonly string[],
  values: Given['values'],
): string {
  const path = question.replaceAll(/\{--([a-z-]+)\}/g, (_, option: string) => String(values[option]));
  return filled({ ...operation, path }, words, false);
}

function filled({ path, places }: Operation, words: readonly string[], isAddress: boolean): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, place: string) => {
    const word = words[places.indexOf(place)] ?? '';
    return isAddress ? encodeURIComponent(word) : word;
  });
}

/** An option of another action would be left out in silence. */
function refuseForeign(called: string, action: Action, operation: Operation, values: Given['values']): void {
  const own = [
    ...offered(operation).map(({ option }) => option),
    ...(operation.isList ? ['limit', 'all'] : []),
    ...(action.confirm === undefined ? [] : ['yes']),
    'json',
  ];
  const foreign = Object.keys(values).find((option) => !own.includes(option));
  if (foreign !== undefined)
    throw new Problem(`${called} does not take --${foreign}`, usageFor(called, action, operation));
}
