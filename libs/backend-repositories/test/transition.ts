import type { journalRows } from '@visapi/backend-testing';
import type { Executor } from '../src/db/database.js';
import type { Scene } from './scenes.js';

type Journal = journalRows.Journal;

/** One method of a repository and what the model says of it. Both answer in the same words. */
export interface Transition {
  readonly sql: (executor: Executor, scene: Scene) => Promise<unknown>;
  readonly model: (journal: Journal, now: number, scene: Scene) => journalRows.Step<unknown>;
}

export const none = undefined;
export const nothing = (journal: Journal, answer: unknown): journalRows.Step<unknown> => [journal, answer];
