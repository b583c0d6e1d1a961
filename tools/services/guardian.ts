import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beganAt } from './process-identity.ts';
import type { Watched } from './stop.ts';

/** What the guardian process is told over its standard input, one JSON line each. */
export type GuardianOrder = { watch: Watched } | { forget: number } | { removeAtEnd: string };

const PROGRAM = fileURLToPath(new URL('guardian-process.ts', import.meta.url));

/**
 * A small process in its own session that stops what it was told to watch as soon as this process is gone,
 * however it went: the system closes the pipe between the two. Should the guardian itself die, another one takes over.
 */
export class Guardian {
  private readonly watched = new Map<number, Watched>();
  private readonly paths = new Set<string>();
  private readonly onChange: () => void;
  private child: ChildProcess;
  private closing = false;

  constructor(onChange: () => void = () => undefined) {
    this.onChange = onChange;
    this.child = this.launch();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  list(): Watched[] {
    return [...this.watched.values()];
  }

  watch(one: Omit<Watched, 'began'>): Watched {
    const noted = { ...one, began: beganAt(one.pid) };
    this.watched.set(one.pid, noted);
    this.tell({ watch: noted });
    this.onChange();
    return noted;
  }

  forget(pid: number): void {
    if (!this.watched.delete(pid)) return;
    this.tell({ forget: pid });
    this.onChange();
  }

  /** The file or folder is removed after everything has stopped. */
  removeAtEnd(path: string): void {
    this.paths.add(path);
    this.tell({ removeAtEnd: path });
  }

  /** Stops what is still watched, removes what was to be removed, and ends the guardian. */
  async close(): Promise<void> {
    this.closing = true;
    const gone =
      this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : undefined;
    this.child.ref();
    this.child.stdin?.end();
    await gone;
  }

  private launch(): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] },
      cwd: '/',
    });
    // A broken pipe means that the guardian died; its exit event below deals with that.
    child.stdin?.on('error', () => undefined);
    child.on('exit', () => this.replace());
    child.unref();
    (child.stdin as { unref?: () => void } | null)?.unref?.();
    return child;
  }

  private replace(): void {
    if (this.closing) return;
    this.child = this.launch();
    for (const watch of this.watched.values()) this.tell({ watch });
    for (const removeAtEnd of this.paths) this.tell({ removeAtEnd });
    this.onChange();
  }

  private tell(order: GuardianOrder): void {
    this.child.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
