import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const guide = read('docs/adding-a-feature.md');

interface Change {
  readonly path: string;
  readonly isNew: boolean;
  /** Runs of lines that stand together in the file. */
  readonly pieces: readonly string[];
}

/** What the guide shows of each section's files. */
const sections = new Map(
  guide
    .split('\n## ')
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')).toLowerCase(), changesOf(text)]),
);

/** The guide's own account: kind of change, new files, edits. */
const promised = [...guide.matchAll(/^\| ([a-z ]+?) +\| (\d+) +\| (\d+) /gm)].map(
  ([, kind = '', created, edited]) => ({ kind, created: Number(created), edited: Number(edited) }),
);

function changesOf(section: string): Change[] {
  return [...section.matchAll(/```diff\n--- (\S+)\n\+\+\+ (\S+)\n([\s\S]*?)```/g)].map(
    ([, before, path = '', body = '']) => ({
      path,
      isNew: before === '/dev/null',
      pieces: body.split('...\n').map((piece) => piece.replaceAll(/^\+/gm, '')),
    }),
  );
}

function changesFor(kind: string): readonly Change[] {
  const titles = [...sections.keys()].filter(
    (title) => title.replace(/^an? /, '') === kind.replace(/^an? /, ''),
  );
  return titles.flatMap((title) => sections.get(title) ?? []);
}

describe('the guide to adding a feature', () => {
  it('covers a write endpoint, a cached read, a job and a webhook provider', () => {
    expect(promised.map(({ kind }) => kind)).toEqual([
      'write endpoint',
      'a new fact',
      'cached read',
      'job',
      'webhook provider',
    ]);
  });

  it.each(promised)('counts what $kind costs: $created new, $edited edits', ({ kind, created, edited }) => {
    const changes = changesFor(kind);
    const files = (isNew: boolean) =>
      new Set(changes.filter((change) => change.isNew === isNew).map(({ path }) => path)).size;
    expect({ created: files(true), edited: files(false) }).toEqual({ created, edited });
  });

  it('keeps to the budget: an endpoint 1 + 2, a job 2 + 1, a webhook provider 1 + 1', () => {
    const within = { 'write endpoint': [1, 2], job: [2, 1], 'webhook provider': [1, 1] };
    for (const [kind, [created = 0, edited = 0]] of Object.entries(within)) {
      const told = promised.find((each) => each.kind === kind);
      expect(told?.created).toBeLessThanOrEqual(created);
      expect(told?.edited).toBeLessThanOrEqual(edited);
    }
  });

  it.each([...sections.values()].flat())('shows $path as it is', ({ path, pieces }) => {
    const content = read(path);
    for (const piece of pieces) expect(content).toContain(piece);
  });
});
