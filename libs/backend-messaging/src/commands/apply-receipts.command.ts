import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { parseJson } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { ReceiptsRepository } from '@visapi/backend-repositories/messaging';
import { bindAndApply, type MovedMessage } from '../bind-and-apply.js';
import { readReceipts } from '../receipts.js';

export interface ApplyReceiptsResult {
  readonly moved: readonly MovedMessage[];
  readonly unreadable: number;
}

/** A stored body of Meta waits: append its receipts, bind them to their messages, move those forward. */
export class ApplyReceipts extends Command<ApplyReceiptsResult> {
  constructor(readonly deliveryId: string) {
    super();
  }
}

@CommandHandler(ApplyReceipts)
export class ApplyReceiptsHandler implements ICommandHandler<ApplyReceipts> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly receipts: ReceiptsRepository,
  ) {}

  async execute({ deliveryId }: ApplyReceipts): Promise<ApplyReceiptsResult> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const delivery = await this.deliveries.lockOpen(transaction, deliveryId);
      if (!delivery) return { moved: [], unreadable: 0 };
      const { receipts, unreadable } = readReceipts(parseJson(delivery.body)?.value);
      const phones = receipts.map((receipt) => receipt.recipient);
      await this.receipts.lockPhones(transaction, phones);
      await this.receipts.append(transaction, deliveryId, receipts);
      const moved = await bindAndApply(this.receipts, transaction, phones);
      await this.deliveries.markApplied(transaction, [deliveryId]);
      return { moved, unreadable };
    });
  }
}
