import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemsOf, scanTracked } from './secret-scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'visapi-secrets-'));
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
beforeAll(() => void git('init'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Put together here, so that this file holds none. */
const letters = (count: number) => randomBytes(count).toString('hex').slice(0, count);
const planted: readonly (readonly [string, string])[] = [
  ['a key of ours', `visapi_${'live'}_${letters(12)}.${letters(38)}`],
  ['a keyring', `ENCRYPTION_KEYS=k1:${randomBytes(32).toString('base64')}`],
  ['a token of GitHub', `ghp_${letters(36)}`],
  [
    'a private key',
    `-----BEGIN RSA ${'PRIVATE KEY'}-----\n${'MIIEow'.repeat(40)}\n-----END RSA ${'PRIVATE KEY'}-----`,
  ],
  ['a token of Slack', `xoxb-${'1'.repeat(12)}-${'2'.repeat(12)}-${letters(24)}`],
  ['a password in an address', `postgres://owner:${letters(16)}@db.invented.example:5432/visapi`],
];

async function scan(name: string, text: string, isTracked = true) {
  writeFileSync(join(folder, name), text);
  if (isTracked) git('add', name);
  return (await scanTracked(folder)).filter(({ file }) => file === name);
}

describe('a secret in a tracked file', () => {
  it.each(planted)('is found, and not repeated: %s', async (_name, secret) => {
    const found = await scan('notes.md', `first line\n${secret}\n`);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]!.line).toBe(2);
    const problems = problemsOf(found, []);
    expect(problems[0]).toMatch(/^notes\.md:2 holds what looks like a secret/);
    expect(problems.join('\n')).not.toContain(secret);
  });

  it('passes only where a reason allows it, and the reason goes when the secret does', async () => {
    const found = await scan('fixture.ts', `const token = 'ghp_${letters(36)}';\n`);
    const allowed = found.map(({ file, kind }) => ({ file, kind, why: 'opens nothing' }));
    expect(problemsOf(found, allowed)).toEqual([]);
    expect(problemsOf([], allowed)[0]).toContain('which holds none: take it out');
  });

  it('is no matter in a file that is not tracked, and words about secrets are none', async () => {
    await expect(scan('local.env', `GITHUB_TOKEN=ghp_${letters(36)}\n`, false)).resolves.toEqual([]);
    await expect(scan('guide.md', 'Set API_KEY_PEPPER to 32 random characters.\n')).resolves.toEqual([]);
  });
});
