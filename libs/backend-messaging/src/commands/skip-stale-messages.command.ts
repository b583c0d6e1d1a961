import { Optional } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import { SendWindow } from '../send-window.js';

/** Planned messages of orders that have grown too old: withheld until an operator decides. Returns their order ids. */
export class SkipStaleMessages extends Command<readonly string[]> {}

@CommandHandler(SkipStaleMessages)
export class SkipStaleMessagesHandler implements ICommandHandler<SkipStaleMessages> {
  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    @Optional() private readonly window: SendWindow = new SendWindow(),
  ) {}

  async execute(): Promise<readonly string[]> {
    return await this.messages.skipStale(this.database.db, this.window.seconds);
  }
}
