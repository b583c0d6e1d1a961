import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReceiveDeliveryHandler } from './commands/receive-delivery.command.js';
import { Inbox } from './inbox/inbox.js';

@Module({ imports: [CqrsModule], providers: [Inbox, ReceiveDeliveryHandler], exports: [Inbox] })
export class InboxModule {}
