import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { SealEvents } from './commands/seal-events.command.js';

const everyMs = 10_000;

/**
 * A timer in each worker; the row of the horizon lets one of them seal. Each seal's hash also goes to the log: kept
 * there, outside the database, it shows when the last seals were taken away with their events.
 */
@Injectable()
export class SealHistory {
  private readonly repeat = new Repeat(() => this.seal(), everyMs);

  constructor(
    private readonly commands: CommandBus,
    private readonly log: Log,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    await this.repeat.stop();
  }

  private async seal(): Promise<void> {
    try {
      for (const { sequence, hash, events: count } of await this.commands.execute(new SealEvents()))
        this.log.info('history sealed', { event: 'events.sealed', seal: `${sequence}:${hash}`, count });
    } catch (error) {
      this.log.warn('history could not be sealed', {}, error);
    }
  }
}
