import type { Guardian } from '#services/guardian.ts';
import { type RunningService, type ServiceSpec, startService } from '#services/service.ts';

/** A database server that is stopped, killed, frozen and started again, on the same port and with the same data. */
export class Server {
  private readonly spec: ServiceSpec;
  private readonly guardian: Guardian;
  private running: RunningService | undefined;

  constructor(spec: ServiceSpec, guardian: Guardian) {
    this.spec = spec;
    this.guardian = guardian;
  }

  async start(): Promise<void> {
    this.running = await startService(this.spec, this.guardian);
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.running?.exited;
  }

  /** It keeps its connections and answers nobody. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  private signal(signal: NodeJS.Signals): void {
    if (!this.running) throw new Error(`${this.spec.name} has not been started`);
    process.kill(this.running.pid, signal);
  }
}
