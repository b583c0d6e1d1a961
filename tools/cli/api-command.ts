import { Problem } from '../services/problem.ts';
import { type Action, perform } from './api-action.ts';
import { actionHelp, shortUsageOf } from './api-help.ts';
import type { Command } from './command.ts';
import { operationOf } from './description.ts';
import { nearest } from './nearest.ts';
import { isFlag, offered } from './parameters.ts';

interface ApiCommand {
  readonly name: string;
  readonly summary: string;
  /** Whatever the description of the API does not tell. */
  readonly notes?: string;
  /** The first one is what the command does when nothing else is said. */
  readonly actions: readonly Action[];
}

/** Options of every such command, besides those that the API describes. */
const ours = {
  limit: { type: 'string' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** A command that asks the backend. What it takes is read from the description of the API, when it is needed. */
export function apiCommand({ name, summary, notes, actions }: ApiCommand): Command {
  const [only] = actions.filter((action) => action.name === '');
  return {
    name,
    summary,
    get usage() {
      return `${actions.map(shortUsageOf).join(' | ')} [options]`;
    },
    get details() {
      return actionHelp(actions, notes);
    },
    get options() {
      const parameters = actions.flatMap(({ operation }) => offered(operationOf(operation)));
      const theirs = parameters.map(
        (one) => [one.option, { type: isFlag(one) ? 'boolean' : 'string' }] as const,
      );
      return { ...Object.fromEntries(theirs), ...ours };
    },
    get arguments() {
      return only ? operationOf(only.operation).places : ['action?', 'argument...?'];
    },
    run: async (given) => {
      const [word, ...words] = only ? ['', ...given.positionals] : given.positionals;
      const action = chosen(name, actions, word ?? actions[0]?.name ?? '', words.length);
      await perform(`${name} ${action.name}`.trim(), action, words, given);
      return 0;
    },
  };
}

/** @throws Problem that says which ones there are, or what this one needs */
function chosen(command: string, actions: readonly Action[], word: string, words: number): Action {
  const named = actions.filter(({ name }) => name === word);
  const found = named.find(({ operation }) => operationOf(operation).places.length === words);
  if (found) return found;
  if (named.length > 0) throw wrongCount(`${command} ${word}`, command, named, words);
  const names = [...new Set(actions.map(({ name }) => name))];
  const meant = nearest(word, names);
  const hint = meant === undefined ? '' : `Do you mean ${meant}? `;
  throw new Problem(`${command} does not know "${word}"`, `${hint}One of: ${names.join(', ')}`);
}

/** @param called what its user called it @param words how many arguments it was given */
function wrongCount(called: string, command: string, named: readonly Action[], words: number): Problem {
  const [fewest = []] = named
    .map(({ operation }) => operationOf(operation).places)
    .toSorted((one, other) => one.length - other.length);
  const places = fewest.map((place) => `<${place}>`).join(' ');
  const usages = named.map((action) => `npm run visapi -- ${command} ${shortUsageOf(action)}`).join('\n');
  if (words < fewest.length) return new Problem(`${called} needs ${places}`, usages);
  return new Problem(`${called} is given more than it takes: ${words} arguments`, usages);
}
