import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { REPOSITORY } from '#launcher/settings.ts';
import { machine } from '#services/machine.ts';
import { writeJson } from '#services/files.ts';
import type { ChaosArguments } from '../arguments.ts';
import type { Verdict } from '../run-scenario.ts';

/** Writes what was found under `$VISAPI_HOME/chaos`, or to the file that was asked for; answers its path. */
export async function record(verdicts: readonly Verdict[], asked: ChaosArguments): Promise<string> {
  const at = new Date().toISOString();
  const folder = resolve(REPOSITORY, process.env['VISAPI_HOME'] ?? '.visapi', 'chaos');
  const usual = join(folder, `${at.replace(/[:.]/g, '-')}-${asked.names.join('-') || 'all'}.json`);
  if (asked.json === undefined) await mkdir(folder, { recursive: true });
  const file = asked.json === undefined ? usual : resolve(asked.json);
  await writeJson(file, { at, ...machine(), seed: asked.seed, without: asked.without, verdicts });
  return relative(process.cwd(), file);
}
