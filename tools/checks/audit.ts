/**
 * Asks the package registry for known weaknesses of what runs in production. Where it does not answer such questions (many
 * mirrors do not) the first line says `skipped: …`, and `npm test` counts it neither as passed nor as failed.
 * Usage: node tools/checks/audit.ts
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditExceptions } from './audit-exceptions.ts';
import { problemsOf, readAudit } from './audit-report.ts';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string };
const pnpm = manifest.packageManager.replace(/\+.*$/, '');

const asked = spawnSync('npx', ['-y', pnpm, 'audit', '--prod', '--json'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 60_000,
});
const audit = asked.error
  ? ({ kind: 'unreachable', why: asked.error.message } as const)
  : readAudit(`${asked.stdout}${asked.stdout.trim() === '' ? asked.stderr : ''}`);
if (audit.kind === 'unreachable') {
  process.stdout.write(`skipped: the registry cannot be asked for known weaknesses (${audit.why})\n`);
} else {
  const problems = problemsOf(audit.advisories, auditExceptions, new Date().toISOString().slice(0, 10));
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
