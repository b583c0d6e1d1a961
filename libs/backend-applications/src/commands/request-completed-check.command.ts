import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { PollsRepository } from '@visapi/backend-repositories/applications';
import { completedVisasPoll } from '../completed-visas.js';

/** An operator wants the completed view read now, and perhaps all it shows declared told. A worker does it. */
export class RequestCompletedCheck extends Command<void> {
  constructor(readonly bootstrap: { readonly by: string; readonly reason: string } | null) {
    super();
  }
}

@CommandHandler(RequestCompletedCheck)
export class RequestCompletedCheckHandler implements ICommandHandler<RequestCompletedCheck> {
  constructor(
    private readonly database: Database,
    private readonly polls: PollsRepository,
  ) {}

  async execute({ bootstrap }: RequestCompletedCheck): Promise<void> {
    await this.polls.request(this.database.db, completedVisasPoll, bootstrap);
  }
}
