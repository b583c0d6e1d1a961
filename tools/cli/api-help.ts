import type { Action } from './api-action.ts';
import { operationOf } from './description.ts';
import { offered, usageOf } from './parameters.ts';

/** `show <orderId>` */
export function shortUsageOf({ name, operation }: Action): string {
  return [name, ...operationOf(operation).places.map((place) => `<${place}>`)].filter(Boolean).join(' ');
}

/** Each action with its options, then those that all have. */
export function actionHelp(actions: readonly Action[], notes?: string): string {
  const operations = actions.map(({ operation }) => operationOf(operation));
  const lines = actions.flatMap((action) => {
    const operation = operationOf(action.operation);
    const options = wrapped(offered(operation).map(usageOf));
    return [
      `  ${shortUsageOf(action)}`.padEnd(28) + operation.summary,
      ...options.map((line) => `      ${line}`),
    ];
  });
  const common = [
    ...(operations.some(({ isList }) => isList)
      ? ['  --limit <n>, --all         of a list; 20 are shown unless said']
      : []),
    ...(actions.some(({ confirm }) => confirm !== undefined)
      ? ['  --yes                      does without asking what cannot be undone']
      : []),
    '  --json                     prints the data of the answer as JSON',
  ];
  const found =
    'Asks the backend of the dev.json that a running npm start keeps, with its administrator’s key; or VISAPI_URL, with VISAPI_API_KEY.';
  return [...lines, '', ...common, ...(notes === undefined ? [] : ['', notes]), '', found].join('\n');
}

const widest = 100;

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= widest) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
