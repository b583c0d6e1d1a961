import type { Guardian } from '../services/guardian.ts';
import { Problem } from '../services/problem.ts';
import {
  spawnService,
  waitReady,
  type Exit,
  type RunningService,
  type ServiceSpec,
} from '../services/service.ts';
import { countDeath, restartDelay } from './backoff.ts';

// Libraries that restart processes bring a daemon (pm2), or stop all at once and by tree kill without a back-off
// that resets (concurrently); what is needed here is the one class below.

const GIVE_UP_STARTING_AFTER = 3;

/** One child of the launcher, started again whenever it ends without having been asked to. */
export class Supervised {
  readonly spec: ServiceSpec;
  private readonly guardian: Guardian;
  private readonly report: (line: string) => void;
  private readonly onRestart: () => void;
  private running: RunningService | undefined;
  private lastExit: Exit | undefined;
  private deaths = 0;
  private timer: NodeJS.Timeout | undefined;
  private started = false;
  private stopping = false;

  constructor(
    spec: ServiceSpec,
    guardian: Guardian,
    hooks: { report: (line: string) => void; onRestart: () => void },
  ) {
    this.spec = spec;
    this.guardian = guardian;
    this.report = hooks.report;
    this.onRestart = hooks.onRestart;
  }

  /** Of the process that runs, or of the last one while the next is about to start. */
  get pid(): number | undefined {
    return this.running?.pid;
  }

  /** @throws Problem when it ends several times, or does not answer, before it is ready for the first time */
  async start(): Promise<void> {
    await this.run();
    await waitReady(this.spec, () =>
      this.deaths >= GIVE_UP_STARTING_AFTER || this.stopping ? this.lastExit : undefined,
    );
    this.started = true;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const outcome = await this.running?.stop();
    if (outcome?.killed)
      this.report(`${this.spec.name} did not stop within ${this.spec.patienceMs / 1000} s and was killed`);
  }

  private async run(): Promise<void> {
    if (this.stopping) return;
    const began = performance.now();
    const running = await spawnService(this.spec, this.guardian);
    this.running = running;
    void running.exited.then((exit) => this.died(exit, performance.now() - began));
    if (this.started) this.onRestart();
  }

  private died(exit: Exit, livedMs: number): void {
    this.lastExit = exit;
    if (this.stopping) return;
    this.deaths = countDeath(this.deaths, livedMs);
    if (!this.started && this.deaths >= GIVE_UP_STARTING_AFTER) return;
    const delay = restartDelay(this.deaths);
    const how = exit.signal ?? `exit code ${exit.code}`;
    this.report(
      `${this.spec.name} ended (${how}), starting it again in ${delay / 1000} s; its log: ${this.spec.logFile}`,
    );
    this.timer = setTimeout(() => void this.restart(), delay);
  }

  private async restart(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      const { message, fix } = error instanceof Problem ? error : { message: String(error), fix: undefined };
      this.report(`${this.spec.name} cannot be started: ${message}${fix ? `; ${fix}` : ''}`);
      this.died({ code: null, signal: null }, 0);
    }
  }
}
