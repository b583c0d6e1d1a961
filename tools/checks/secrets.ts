/**
 * No tracked file may hold a secret. Forms are those of secretlint's recommended rules, and our own.
 * Usage: node tools/checks/secrets.ts
 */
import { join } from 'node:path';
import { allowedSecrets } from './allowed-secrets.ts';
import { problemsOf, scanTracked } from './secret-scan.ts';

const problems = problemsOf(await scanTracked(join(import.meta.dirname, '..', '..')), allowedSecrets);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
