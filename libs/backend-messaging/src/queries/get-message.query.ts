import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type MessageRow, MessageListsRepository } from '@visapi/backend-repositories/messaging';

export class GetMessage extends Query<MessageRow> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetMessage)
export class GetMessageHandler implements IQueryHandler<GetMessage> {
  constructor(
    private readonly database: Database,
    private readonly messages: MessageListsRepository,
  ) {}

  async execute({ id }: GetMessage): Promise<MessageRow> {
    const message = await this.messages.find(this.database.db, id);
    if (!message) throw new AppError('not-found', 'There is no such message.');
    return message;
  }
}
