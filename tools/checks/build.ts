/** Builds what has changed. Usage: node tools/checks/build.ts */
import { ensureBuilt } from '../launcher/build.ts';
import { explain } from '../services/problem.ts';

await ensureBuilt().catch((error: unknown) => {
  process.stderr.write(`✗ ${explain(error)}\n`);
  process.exitCode = 1;
});
