import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { MatchIssues } from '../commands/match-issues.command.js';

const everyMs = 2_000;

/** Issues may be reported before the order of their applicant has come: each worker looks for such now and then. */
@Injectable()
export class MatchIssuesTimer {
  private readonly repeat = new Repeat(() => this.look(), everyMs);

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

  private async look(): Promise<void> {
    try {
      const { matched, failed } = await this.commands.execute(new MatchIssues());
      for (const orderId of matched)
        this.log.info('issues found their order', { event: 'issues.reported', orderId });
      for (const { orderId, error } of failed)
        this.log.error(
          'needs attention',
          { event: 'issues.reported', orderId, reason: 'not-dealt-with' },
          error,
        );
    } catch (error) {
      this.log.warn('issues could not be matched', {}, error);
    }
  }
}
