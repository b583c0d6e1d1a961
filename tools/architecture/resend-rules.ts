import type { Rule } from './naming.ts';
import type { Source } from './source-tree.ts';
import { LEAVES_UNCERTAIN, MOVES_WHAT_IS_HELD, SENDING } from './resend-walls.ts';

/** A customer is written to in one place of the code: whoever wants to tell him plans a message. */
export const oneSender: Rule = (tree) =>
  tree.sources
    .filter((source) => !source.isTest && source.owner.type !== 'type:testing')
    .flatMap(({ path, text }) => {
      if (path === SENDING.sender)
        return count(text, /\bsendTemplate\b/g) === 1 ? [] : [`${path} sends in more than one place.`];
      const isMaker = SENDING.makers.includes(path) || path.startsWith('apps/sandbox/');
      return !isMaker && /\b(sendTemplate|send_content)\b/.test(text)
        ? [`${path} sends by itself: only ${SENDING.sender} may, once per claim; plan a message instead.`]
        : [];
    });

/**
 * A message of unknown outcome is moved on by its receipt, the late answer of its own attempt or an operator's word.
 * Every statement that updates effects names the states from which it takes them, or stands in `resend-walls.ts`.
 */
export const uncertainIsSettled: Rule = (tree) =>
  tree.sources
    .filter((source) => source.owner.scope === 'repositories' && !source.isTest)
    .flatMap((source) => [...blindStatements(source), ...strangeCallers(source), ...builtUpdates(source)]);

function blindStatements(source: Source): string[] {
  return source.sql
    .filter(({ text }) => mayTakeUncertain(text))
    .filter(
      ({ within }) => !LEAVES_UNCERTAIN.some((known) => isAt(source, known.file) && known.within === within),
    )
    .map(
      ({ within }) =>
        `${source.path} (${within}) may take a message out of uncertain: name the states it takes effects from, or say in LEAVES_UNCERTAIN of resend-walls.ts by whose word.`,
    );
}

/** What such a function moves depends on the condition that it is handed. */
function strangeCallers(source: Source): string[] {
  return Object.entries(MOVES_WHAT_IS_HELD)
    .filter(([name, files]) => takesIn(source, name) && !files.some((file) => isAt(source, file)))
    .map(([name]) => `${source.path} calls ${name}, which moves whatever it is told to hold: not from here.`);
}

function builtUpdates({ path, text }: Source): string[] {
  return /updateTable\(\s*'effects/.test(text)
    ? [`${path} builds an update of effects: write it as SQL, so that it can be seen which states it takes.`]
    : [];
}

function mayTakeUncertain(text: string): boolean {
  const updates = [
    ...text.matchAll(/\bupdate effects\b[^]*?(?=\breturning\b|\bupdate \w+\b(?! effects)|`$)/g),
  ];
  if (updates.length === 0) return isCondition(text) && namesUncertain(text);
  return updates.some(([update]) => {
    if (guardsOf(update).length > 0) return namesUncertain(update);
    // Rows that another part of the statement has chosen, by states that it names.
    const isHanded = /\b(where|and)\s+\$\{/.test(update);
    return isHanded || guardsOf(text).length === 0 || namesUncertain(text);
  });
}

function isCondition(text: string): boolean {
  return !/\b(select|insert into|update)\b/.test(text);
}

function namesUncertain(text: string): boolean {
  return guardsOf(text).some((guard) => guard.includes("'uncertain'"));
}

/** Conditions on a state; what is set stands after a comma or `set`, never after these words. */
function guardsOf(text: string): string[] {
  const guards = text.matchAll(
    /(?:\bwhere\b|\band\b|\bor\b|\()\s*(?:\w+\.)?state(?: \|\| '')?\s+(?:=|in)\s*(\([^)]*\)|'\w+')/g,
  );
  return [...guards].map(([guard]) => guard);
}

function isAt({ path }: Source, file: string): boolean {
  return path === `libs/backend-repositories/src/${file}`;
}

function takesIn({ imports }: Source, name: string): boolean {
  return imports.some(({ names }) => names.includes(name));
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}
