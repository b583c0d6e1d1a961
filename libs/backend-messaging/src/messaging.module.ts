import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import {
  MessageListsRepository,
  MessagesRepository,
  ReceiptsRepository,
} from '@visapi/backend-repositories/messaging';
import { ApplyReceiptsHandler } from './commands/apply-receipts.command.js';
import { BindReceiptsHandler } from './commands/bind-receipts.command.js';
import { SetReceiptsAsideHandler } from './commands/set-receipts-aside.command.js';
import { SettleMessageHandler } from './commands/settle-message.command.js';
import { SkipStaleMessagesHandler } from './commands/skip-stale-messages.command.js';
import { GetMessageHandler } from './queries/get-message.query.js';
import { GetMessagesHandler } from './queries/get-messages.query.js';

const repositories = [
  DeliveriesRepository,
  EffectsRepository,
  MessageListsRepository,
  MessagesRepository,
  ReceiptsRepository,
];
const handlers = [
  ApplyReceiptsHandler,
  BindReceiptsHandler,
  SetReceiptsAsideHandler,
  SettleMessageHandler,
  SkipStaleMessagesHandler,
  GetMessageHandler,
  GetMessagesHandler,
];

@Module({ imports: [CqrsModule], providers: [...repositories, ...handlers], exports: repositories })
export class MessagingModule {}
