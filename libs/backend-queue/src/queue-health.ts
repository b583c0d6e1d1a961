import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { RedisConnections } from './redis-connections.js';

const patienceMs = 2_000;
const retryMs = 1_000;

interface QueueCheck {
  readonly state: 'up' | 'down';
  readonly needed: true;
  readonly detail?: string;
}

/** Whether the queue's Redis answers and may be trusted with jobs. */
@Injectable()
export class QueueHealth implements OnApplicationShutdown {
  private safe = false;
  private stopping = false;

  constructor(
    private readonly connections: RedisConnections,
    private readonly log: Log,
  ) {}

  /**
   * Waits for Redis, however long it is away, and checks that it will not throw jobs away.
   * @throws AppError when its eviction policy would
   */
  async waitUntilSafe(): Promise<void> {
    for (let told = false; !this.stopping; told = true) {
      try {
        const policy = await this.connections.wrongPolicy();
        if (policy !== undefined) throw wrongPolicy(policy);
        this.safe = true;
        return;
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (!told) this.log.warn('waiting for redis', {}, error);
        await pause(retryMs);
      }
    }
  }

  async check(): Promise<QueueCheck> {
    if (!this.safe) return { state: 'down', needed: true, detail: 'Redis has not been reached yet' };
    const answers = await this.connections.answers(patienceMs);
    return answers
      ? { state: 'up', needed: true }
      : { state: 'down', needed: true, detail: 'Redis does not answer' };
  }

  onApplicationShutdown(): void {
    this.stopping = true;
  }
}

function wrongPolicy(policy: string): AppError {
  return new AppError(
    'bug',
    `Redis has maxmemory-policy "${policy}", which may throw jobs away. Set it to noeviction (redis.conf, or ` +
      '"redis-cli config set maxmemory-policy noeviction"), or give REDIS_URL a server of its own.',
  );
}
