import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import {
  type MessageFilter,
  type MessageRow,
  MessageListsRepository,
} from '@visapi/backend-repositories/messaging';

export class GetMessages extends Query<PageResult<MessageRow>> {
  constructor(
    readonly filter: MessageFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetMessages)
export class GetMessagesHandler implements IQueryHandler<GetMessages> {
  constructor(
    private readonly database: Database,
    private readonly messages: MessageListsRepository,
  ) {}

  async execute({ filter, page }: GetMessages): Promise<PageResult<MessageRow>> {
    return await this.database.report((executor) => this.messages.list(executor, filter, page));
  }
}
