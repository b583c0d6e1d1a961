import { explain, Problem } from '../services/problem.ts';
import { parseGiven } from './command.ts';
import { commands } from './commands.ts';
import { helpText } from './help.ts';
import { nearest } from './nearest.ts';

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`\n✗ ${explain(error)}\n`);
  return 1;
});

async function main([name = 'help', ...args]: string[]): Promise<number> {
  const asksForHelp = ['help', '--help', '-h'].includes(name);
  const [about] = asksForHelp ? args : [name];
  const command = commands.find((candidate) => candidate.name === about);
  if (!command && about !== undefined) {
    const names = [...commands.map((candidate) => candidate.name), 'help'];
    const meant = nearest(about, names);
    const hint = meant === undefined ? '' : `Do you mean ${meant}? `;
    throw new Problem(`there is no command "${about}"`, `${hint}One of: ${names.join(', ')}`);
  }
  if (asksForHelp || !command || args.includes('--help')) {
    process.stdout.write(`${helpText(commands, about)}\n`);
    return 0;
  }
  return await command.run(parseGiven(command, args, process.env));
}
