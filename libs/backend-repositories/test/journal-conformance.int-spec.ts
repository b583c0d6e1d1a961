import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';
import * as contacts from '../src/contacts/index.js';
import * as effects from '../src/effects/index.js';
import * as messaging from '../src/messaging/index.js';
import * as follow from '../src/orders/follow-order.js';
import { ids, type Scene, scenes } from './scenes.js';
import { comparable, databaseTime, plant, stored } from './stored-journal.js';
import { contactTransitions, orderTransitions, receiptTransitions } from './receipt-transitions.js';
import type { Transition } from './transition.js';
import { effectTransitions, messageTransitions } from './transitions.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

/** How often the surroundings of each state are drawn by lot. */
const draws = Number(process.env['JOURNAL_DRAWS'] ?? 1);

/** Reads that decide nothing, and what only waits: they need no transition. */
const movesNothing: Readonly<Record<string, string>> = {
  'effects.ofOrder': 'reads',
  'effects.tellOfOrder': 'appends a fact',
  'effects.leaseSeconds': 'is a number',
  'effects.untried': 'is a list of words',
  'messages.find': 'reads',
  'messages.ofOrder': 'reads',
  'messages.list': 'reads',
  'messages.query': 'words a read',
  'receipts.lockPhones': 'waits',
  'receipts.ofOrder': 'reads',
  'messages.readyOf': 'is the end of a claim',
  'effects.resyncKey': 'words a key',
  'contacts.lockResyncTarget': 'waits and reads',
};

const groups = {
  effects: effectTransitions,
  messages: messageTransitions,
  receipts: receiptTransitions,
  contacts: contactTransitions,
  follow: orderTransitions,
};

const methodsOf = (type: { prototype: object }) =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');
const functionsOf = (module: object) => Object.keys(module).filter((name) => !name.endsWith('Repository'));

const offered: Readonly<Record<keyof typeof groups, readonly string[]>> = {
  effects: [...methodsOf(effects.EffectsRepository), ...functionsOf(effects)],
  messages: [...methodsOf(messaging.MessagesRepository), ...functionsOf(messaging)],
  receipts: methodsOf(messaging.ReceiptsRepository),
  contacts: [...methodsOf(contacts.ContactsRepository), ...functionsOf(contacts)],
  follow: functionsOf(follow),
};

/** Runs one method in one scene for real and in the model. @returns a sentence when they differ */
async function difference(transition: Transition, scene: Scene): Promise<string | undefined> {
  const transaction = await test.database.db.startTransaction().execute();
  try {
    const from = await plant(transaction, scene.journal);
    await sql`savepoint planted`.execute(transaction);
    const answer = await transition.sql(transaction, scene);
    if (answer === 'busy') await sql`rollback to savepoint planted`.execute(transaction);
    const span = { from, to: await databaseTime(transaction) };
    const [after, expected] = transition.model(scene.journal, from, scene);
    const actual = comparable(renamed(await stored(transaction), scene), span, after);
    const wanted = comparable(after, span, after);
    return wordsOf(scene, { answer, ...actual }, { answer: expected, ...wanted });
  } finally {
    await transaction.rollback().execute();
  }
}

function wordsOf(scene: Scene, actual: object, wanted: object): string | undefined {
  if (isDeepStrictEqual(actual, wanted)) return undefined;
  try {
    expect(actual).toEqual(wanted);
    return undefined;
  } catch (error) {
    return `${scene.title}: ${(error as Error).message}`;
  }
}

/** A contact that is owed again gets an id of its own, which the model cannot know. */
function renamed<T extends object>(world: T, { journal }: Scene): T {
  const known = new Set<string>([...Object.values(ids), ...journal.effects.map(({ id }) => id)]);
  const text = JSON.stringify(world).replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) =>
    known.has(id) ? id : ids.fresh,
  );
  return JSON.parse(text) as T;
}

const cases = Object.entries(groups).flatMap(([group, transitions]) =>
  Object.entries(transitions).map(([name, transition]) => ({ name: `${group}.${name}`, transition })),
);

describe('the model of the journal', () => {
  it.each(cases)(
    'says what $name does, from every state an effect can be in',
    async ({ transition }) => {
      const base = Math.floor(Date.now() / 1000) * 1000;
      const differences: string[] = [];
      const named = String(transition.sql).includes('claim') ? 'every' : 'newest';
      for (const scene of scenes(base, draws, named)) {
        const said = await difference(transition, scene);
        if (said !== undefined) differences.push(said);
      }
      expect(differences.slice(0, 3)).toEqual([]);
    },
    120_000,
  );

  it('knows every method that the repositories of effects, messages, receipts and contacts offer', () => {
    const unknown = Object.entries(offered).flatMap(([group, names]) =>
      names
        .filter((name) => !cases.some((known) => known.name.split(':')[0] === `${group}.${name}`))
        .map((name) => `${group}.${name}`)
        .filter((name) => !(name in movesNothing)),
    );
    expect(unknown).toEqual([]);
  });
});
