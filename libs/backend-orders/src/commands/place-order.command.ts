import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inbox, type ReceivedRequest, storeBody, type StoreBodyResult } from '@visapi/backend-webhooks';
import { viziOrders } from '../webhooks/vizi.webhook.js';

export type PlaceOrderResult = StoreBodyResult;

/** An operator gives an order by hand, as the shop would have sent it: same body, same inbox, same rules. */
export class PlaceOrder extends Command<PlaceOrderResult> {
  constructor(readonly request: ReceivedRequest) {
    super();
  }
}

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ request }: PlaceOrder): Promise<PlaceOrderResult> {
    return await storeBody(this.inbox, { ...viziOrders, source: 'manual' }, request);
  }
}
