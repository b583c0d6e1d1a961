import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type Command, parseGiven } from './command.ts';
import { commands } from './commands.ts';
import { helpText } from './help.ts';
import { ImportSummary } from './import-summary.ts';
import { findDatabase } from './system.ts';

const home = mkdtempSync(join(tmpdir(), 'visapi-cli-'));
afterAll(() => rmSync(home, { recursive: true }));

const command: Command = {
  name: 'try',
  summary: 'tries',
  usage: '<file> [--deep]',
  options: { deep: { type: 'boolean' } },
  arguments: ['file', 'other?'],
  run: () => Promise.resolve(0),
};

describe('the command line', () => {
  it('hands a command its options and arguments', () => {
    expect(parseGiven(command, ['a.json', '--deep'], {})).toMatchObject({
      values: { deep: true },
      positionals: ['a.json'],
    });
  });

  it.each([
    [[], /needs <file>/],
    [['a', 'b', 'c'], /does not take "c"/],
    [['a', '--wide'], /--wide/],
  ])('says what is missing or unknown: %j', (args, problem) => {
    expect(() => parseGiven(command, args, {})).toThrow(problem);
  });

  it('helps with all commands, and more with one of them', () => {
    for (const { name, summary, usage } of commands) {
      expect(helpText(commands)).toContain(summary);
      expect(helpText(commands, name)).toContain(usage);
    }
  });

  it('finds the system by its address, else by what npm start left, else says what is missing', async () => {
    const empty = { VISAPI_HOME: home };
    await expect(findDatabase(empty)).rejects.toThrow(/DATABASE_URL is not set, and there is no .*dev\.json/);
    writeFileSync(join(home, 'dev.json'), JSON.stringify({ appDatabaseUrl: 'postgresql://app@here/visapi' }));
    await expect(findDatabase(empty)).resolves.toBe('postgresql://app@here/visapi');
    await expect(findDatabase({ ...empty, DATABASE_URL: 'postgresql://there/x' })).resolves.toBe(
      'postgresql://there/x',
    );
  });
});

describe('the summary of an import', () => {
  const row = { line: 1, orderId: 'IL1', problems: [] };
  const imported = { ...row, outcome: 'imported', effects: ['contact accepted'] } as const;

  it('counts rows by what became of them, and what is owed', () => {
    const summary = new ImportSummary(false);
    summary.add(imported);
    summary.add({ ...row, outcome: 'already-here', effects: [] });
    summary.add({ ...row, outcome: 'test-order', effects: [] });
    const problems = [{ path: 'told', message: 'is odd' }];
    summary.add({ line: 9, orderId: null, outcome: 'refused', effects: [], problems });
    expect(JSON.parse(summary.asJson())).toEqual({
      dryRun: false,
      ...{ rows: 4, imported: 1, alreadyHere: 1, testOrders: 1, refused: 1 },
      effects: { 'contact accepted': 1 },
      problems: [{ line: 9, orderId: null, problems }],
    });
    expect(summary.asText()).toContain('line 9  (no order id)  told is odd');
  });

  it('sees in a dry run that a file holds an order twice', () => {
    const summary = new ImportSummary(true);
    summary.add(imported);
    summary.add(imported);
    expect(summary.counts).toMatchObject({ imported: 1, alreadyHere: 1 });
  });
});
