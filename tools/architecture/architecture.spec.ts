import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as fileRules from './file-rules.ts';
import * as importRules from './import-rules.ts';
import * as resendRules from './resend-rules.ts';
import { refusedExamples, tidyExample } from './examples.ts';
import { readSourceTree } from './source-tree.ts';
import { LEAVES_UNCERTAIN, SENDING } from './resend-walls.ts';

const tree = readSourceTree(join(import.meta.dirname, '..', '..'));
const rules = { ...importRules, ...fileRules, ...resendRules };
type RuleName = keyof typeof rules;
const ruleNames = Object.keys(rules) as RuleName[];

describe('the walls of this repository', () => {
  // Hops are a consequence: a controller cannot import a repository, a command cannot execute another command and
  // nothing relative may leave its package, so a webhook takes controller -> command -> repository on its way in
  // and processor -> command -> repository on its way out: three and three.
  it.each(ruleNames)('%s', (name) => {
    expect(rules[name](tree)).toEqual([]);
  });

  it('looks at real packages and files', () => {
    expect(tree.packages.map((owner) => owner.name)).toContain('@visapi/backend-kernel');
    expect(tree.sources.length).toBeGreaterThan(10);
  });
});

describe('what is said of messages of unknown outcome', () => {
  it('is of statements that are there', () => {
    const gone = LEAVES_UNCERTAIN.filter(
      ({ file, within }) =>
        !tree.sources.some(
          ({ path, sql }) => path.endsWith(`/src/${file}`) && sql.some((text) => text.within === within),
        ),
    );
    expect(gone).toEqual([]);
    expect(tree.sources.map(({ path }) => path)).toEqual(expect.arrayContaining([SENDING.sender]));
  });
});

describe('the rules themselves', () => {
  it.each(ruleNames)('%s accepts a tidy context', (name) => {
    expect(rules[name](tidyExample())).toEqual([]);
  });

  it.each(refusedExamples())('$rule refuses $what', ({ rule, tree: example, says }) => {
    const sentences = rules[rule as RuleName](example);
    expect(sentences.join('\n')).toContain(says);
  });

  it('has an example to refuse for every rule', () => {
    const covered = new Set(refusedExamples().map(({ rule }) => rule));
    expect(ruleNames.filter((name) => !covered.has(name))).toEqual([]);
  });
});
