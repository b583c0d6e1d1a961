import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { ReceiptsRepository } from '@visapi/backend-repositories/messaging';
import { bindAndApply, type MovedMessage } from '../bind-and-apply.js';

/**
 * Receipts that found no message when they came may find one now, because its send has been answered or has become
 * uncertain. With an effect: for the phone of that message; else wherever that can be the case.
 */
export class BindReceipts extends Command<readonly MovedMessage[]> {
  constructor(readonly effectId?: string) {
    super();
  }
}

const mostPhones = 500;

@CommandHandler(BindReceipts)
export class BindReceiptsHandler implements ICommandHandler<BindReceipts> {
  constructor(
    private readonly database: Database,
    private readonly receipts: ReceiptsRepository,
  ) {}

  async execute(command: BindReceipts): Promise<readonly MovedMessage[]> {
    const phones = await this.receipts.unmatchedPhones(this.database.db, mostPhones, command.effectId);
    if (phones.length === 0) return [];
    return await this.database.db.transaction().execute(async (transaction) => {
      await this.receipts.lockPhones(transaction, phones);
      return await bindAndApply(this.receipts, transaction, phones);
    });
  }
}
