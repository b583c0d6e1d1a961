import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RetentionRepository } from '@visapi/backend-repositories/operations';
import { EmptyDeliveriesHandler } from './commands/empty-deliveries.command.js';

/** What grows old and goes, besides the log. */
@Module({ imports: [CqrsModule], providers: [RetentionRepository, EmptyDeliveriesHandler] })
export class RetentionModule {}
