import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

/** Something in a file that opens a door, or looks as if it did. */
export interface FoundSecret {
  readonly file: string;
  readonly line: number;
  /** What kind of secret it is, such as `AWSSecretAccessKey`. */
  readonly kind: string;
}

/** A find that is none, such as a fixture of our own. */
export interface AllowedSecret {
  readonly file: string;
  readonly kind: string;
  readonly why: string;
}

const run = promisify(execFile);
/** Larger files are data that a program wrote. */
const largest = 1024 * 1024;

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };

/** Forms that no public list knows: our API keys (docs/api-keys.md), and what production would take as a keyring. */
const ours: readonly { readonly kind: string; readonly form: RegExp }[] = [
  { kind: 'VisApiKey', form: /\bvisapi_(live|test|dev)_[0-9A-Za-z]{12}\.[0-9A-Za-z]{38}\b/g },
  { kind: 'EncryptionKeyring', form: /\bENCRYPTION_KEYS\s*[=:]\s*["']?\w+:[A-Za-z0-9+/]{43}=/g },
];

/** Every file that git tracks in the folder, newest text of the working tree. */
export async function scanTracked(root: string): Promise<FoundSecret[]> {
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const found: FoundSecret[] = [];
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    const bytes = await readFile(join(root, file)).catch(() => undefined);
    // Gone from the working tree, or no text.
    if (!bytes || bytes.length > largest || bytes.includes(0)) continue;
    found.push(...(await scanText(file, bytes.toString('utf8'))));
  }
  return found;
}

async function scanText(file: string, text: string): Promise<FoundSecret[]> {
  const ext = /\.\w+$/.exec(file)?.[0] ?? '';
  const source = { content: text, filePath: file, ext, contentType: 'text' as const };
  const { messages } = await lintSource({ source, options: { config, maskSecrets: true } });
  const known = messages.map(({ messageId, loc }) => ({ file, line: loc.start.line, kind: messageId }));
  const own = ours.flatMap(({ kind, form }) =>
    [...text.matchAll(form)].map(({ index }) => ({
      file,
      line: text.slice(0, index).split('\n').length,
      kind,
    })),
  );
  return [...known, ...own];
}

/** What is neither allowed nor needed any more, in words. */
export function problemsOf(found: readonly FoundSecret[], allowed: readonly AllowedSecret[]): string[] {
  const isSame = (one: FoundSecret | AllowedSecret, other: FoundSecret | AllowedSecret) =>
    one.file === other.file && one.kind === other.kind;
  const open = found.filter((one) => !allowed.some((other) => isSame(one, other)));
  const idle = allowed.filter((one) => !found.some((other) => isSame(one, other)));
  return [
    ...open.map(
      ({ file, line, kind }) =>
        `${file}:${line} holds what looks like a secret (${kind}). Withdraw it where it opens something, for it stays in the history; ` +
        `a fixture is named in tools/checks/allowed-secrets.ts.`,
    ),
    ...idle.map(
      ({ file, kind }) =>
        `tools/checks/allowed-secrets.ts allows a ${kind} in ${file}, which holds none: take it out.`,
    ),
  ];
}
