import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import type { Guardian } from '../services/guardian.ts';
import { stopOne } from '../services/stop.ts';

/** Arguments of Node: options, the file, its own arguments. */
export type Command = readonly string[];

/** Runs the commands of the checks, one at a time, so that an interruption ends them and all they started. */
export class Runner {
  /** Everything temporary of this run; removed at its end. */
  readonly folder: string;
  private readonly root: string;
  private readonly guardian: Guardian;
  private readonly print: (line: string) => void;
  private current: (() => Promise<unknown>) | undefined;

  constructor(root: string, folder: string, guardian: Guardian, print: (line: string) => void) {
    this.root = root;
    this.folder = folder;
    this.guardian = guardian;
    this.print = print;
  }

  /** `live` picks the lines that are printed as they come. */
  async run(command: Command, live?: (line: string) => boolean): Promise<{ ok: boolean; output: string }> {
    const child = spawn(process.execPath, command, {
      cwd: this.root,
      env: { ...process.env, NODE_NO_WARNINGS: '1', TMPDIR: this.folder, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const pid = child.pid ?? 0;
    const watched = this.guardian.watch({
      pid,
      name: 'check',
      stage: 0,
      stopSignal: 'SIGTERM',
      patienceMs: 2_000,
    });
    this.current = () => stopOne(watched);
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (live?.(line)) this.print(`    ${line}`);
      });
    }
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    this.current = undefined;
    this.guardian.forget(pid);
    return { ok: status === 0, output: lines.join('\n') };
  }

  async stop(): Promise<void> {
    await this.current?.();
  }
}
