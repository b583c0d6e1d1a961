import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { writeJson } from '#services/files.ts';
import { machine, type Machine } from '#services/machine.ts';
import type { Measurement } from '../benchmark.ts';
import type { Services } from '../system/services.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Circumstances extends Machine {
  readonly postgres: string;
  readonly redis: string;
}

export function circumstances(services: Services): Circumstances {
  return { ...machine(), ...services.versions };
}

export function folderOfRecords(): string {
  return resolve(ROOT, process.env.VISAPI_HOME ?? '.visapi', 'bench');
}

/** Writes everything that was measured under `$VISAPI_HOME/bench`; answers the file's path. */
export async function record(
  names: readonly string[],
  measurements: readonly Measurement[],
  faults: readonly string[],
  under: Circumstances,
): Promise<string> {
  const folder = folderOfRecords();
  await mkdir(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${at.replace(/[:.]/g, '-')}-${names.join('-') || 'all'}.json`);
  await writeJson(file, { at, ...under, faults, measurements });
  return relative(process.cwd(), file);
}
