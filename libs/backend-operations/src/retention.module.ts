import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { IdempotencyKeysRepository } from '@visapi/backend-repositories/idempotency';
import { RetentionRepository } from '@visapi/backend-repositories/operations';
import { EmptyDeliveriesHandler } from './commands/empty-deliveries.command.js';
import { ForgetAnswersHandler } from './commands/forget-answers.command.js';

/** What grows old and goes, besides the log. */
@Module({
  imports: [CqrsModule],
  providers: [RetentionRepository, EmptyDeliveriesHandler, IdempotencyKeysRepository, ForgetAnswersHandler],
})
export class RetentionModule {}
