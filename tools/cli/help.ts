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
    'The system is found by DATABASE_URL, else by the dev.json that a running npm start keeps in $VISAPI_HOME.',
  ].join('\n');
}

function helpOf({ name, usage, summary, details = '' }: Command): string {
  return [`npm run visapi -- ${name} ${usage}`, '', summary, ...(details ? ['', details] : [])].join('\n');
}
