import type { Command } from './command.ts';

/** All commands, or everything about one of them. */
export function helpText(commands: readonly Command[], name?: string): string {
  const command = commands.find((candidate) => candidate.name === name);
  return command ? helpOf(command) : overview(commands);
}

function overview(commands: readonly Command[]): string {
  const rows = [
    ...commands.map(({ name, summary }) => [name, summary]),
    ['help [command]', 'this, or more about one'],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return [
    'npm run visapi -- <command>',
    '',
    ...rows.map(([name = '', summary = '']) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'A running npm start is found by the dev.json in $VISAPI_HOME. Elsewhere VISAPI_URL and VISAPI_API_KEY name the backend, and',
    'DATABASE_URL the database of those that work on it (import, ledger, reconcile, replay, audit, events, privacy seal).',
  ].join('\n');
}

function helpOf({ name, usage, summary, details = '' }: Command): string {
  return [`npm run visapi -- ${name} ${usage}`, '', summary, ...(details ? ['', details] : [])].join('\n');
}
