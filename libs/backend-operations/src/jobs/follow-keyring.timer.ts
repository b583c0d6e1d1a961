import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { RewrapKeys } from '../commands/rewrap-keys.command.js';

/** Soon after the start; again only for what went wrong then, since the keyring changes with a restart alone. */
const everyMs = 10_000;

/** In each worker: after a restart with another first key, data keys are wrapped by it. */
@Injectable()
export class FollowKeyring {
  private readonly repeat = new Repeat(() => this.follow(), everyMs);
  private readonly stopping = new AbortController();
  private isDone = false;

  constructor(
    private readonly commands: CommandBus,
    private readonly log: Log,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.repeat.stop();
  }

  private async follow(): Promise<void> {
    if (this.isDone) return;
    try {
      const count = await this.commands.execute(new RewrapKeys(this.stopping.signal));
      this.isDone = true;
      if (count > 0) this.log.info('data keys wrapped by the new key', { count });
    } catch (error) {
      this.log.warn('data keys could not be wrapped anew', {}, error);
    }
  }
}
