import { join } from 'node:path';
import { writeJson } from '../services/files.ts';
import { Guardian } from '../services/guardian.ts';
import type { ServiceSpec } from '../services/service.ts';
import { rotateLog } from './apps.ts';
import type { Pids, ProcessName } from './dev-json.ts';
import { readableLine } from './event-line.ts';
import { recordRun, releaseHome } from './home.ts';
import { LogTail } from './log-tail.ts';
import { Supervised } from './supervised.ts';

/** The processes of one running VisAPI: starts, restarts and stops them, and keeps dev.json true. */
export class System {
  readonly guardian: Guardian;
  private readonly home: string;
  private readonly print: (line: string) => void;
  private readonly children: { process: ProcessName; child: Supervised }[] = [];
  private readonly tails: LogTail[] = [];
  private describe: ((pids: Pids) => unknown) | undefined;
  private writing: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(home: string, print: (line: string) => void) {
    this.home = home;
    this.print = print;
    this.guardian = new Guardian(() => this.record());
    this.record();
  }

  /** False while nothing has been started that could be left running. */
  get hasChildren(): boolean {
    return this.children.length > 0;
  }

  /** Resolves when it answers; from then on it is started again whenever it dies. */
  async add(process: ProcessName, spec: ServiceSpec): Promise<void> {
    rotateLog(spec.logFile);
    const hooks = {
      report: (line: string) => this.print(`!  ${line}`),
      onRestart: () => void this.writeDevJson(),
    };
    const child = new Supervised(spec, this.guardian, hooks);
    this.children.push({ process, child });
    this.tails.push(new LogTail(spec.logFile, (text) => this.show(spec.name, text)));
    if (this.stopping) return;
    await child.start();
  }

  /** Writes dev.json now and after every restart. */
  async publish(describe: (pids: Pids) => unknown): Promise<void> {
    this.describe = describe;
    await this.writeDevJson();
  }

  /** Stage by stage, so that databases outlive those who use them; returns when nothing is left. */
  async stop(): Promise<void> {
    this.stopping = true;
    const stages = [...new Set(this.children.map(({ child }) => child.spec.stage))].sort((a, b) => a - b);
    for (const stage of stages) {
      const together = this.children.filter(({ child }) => child.spec.stage === stage);
      await Promise.all(together.map(({ child }) => child.stop()));
    }
    for (const tail of this.tails) tail.close();
    await this.writing;
    await this.guardian.close();
    releaseHome(this.home);
  }

  private show(name: string, text: string): void {
    const line = readableLine(name, text);
    if (line) this.print(line);
  }

  private record(): void {
    recordRun(this.home, this.guardian.pid, this.guardian.list());
  }

  private pids(): Pids {
    const of = (name: ProcessName) =>
      this.children.filter((one) => one.process === name).flatMap(({ child }) => child.pid ?? []);
    return {
      backend: of('backend'),
      worker: of('worker'),
      sandbox: of('sandbox'),
      postgres: of('postgres'),
      redis: of('redis'),
      auth: of('auth'),
    };
  }

  private writeDevJson(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (!this.describe || this.stopping) return;
      await writeJson(join(this.home, 'dev.json'), this.describe(this.pids()));
    });
    return this.writing;
  }
}
