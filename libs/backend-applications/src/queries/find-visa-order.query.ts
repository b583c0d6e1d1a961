import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AirtableClient } from '@visapi/backend-providers';
import { ambiguousInAirtable, orderNotInAirtable } from '../applications.errors.js';
import { toVisaApplication } from '../visa-application.js';
import type { VisaApplication } from '../visa-messages.js';
import { askAirtable } from './ask-airtable.js';

/** The applications of an order as Airtable has them now, in their order. */
export class FindVisaOrder extends Query<readonly VisaApplication[]> {
  constructor(
    readonly orderId: string,
    readonly correlationId: string,
  ) {
    super();
  }
}

@QueryHandler(FindVisaOrder)
export class FindVisaOrderHandler implements IQueryHandler<FindVisaOrder> {
  constructor(private readonly airtable: AirtableClient) {}

  async execute({ orderId, correlationId }: FindVisaOrder): Promise<readonly VisaApplication[]> {
    return await askAirtable(this.airtable, async (airtable) => {
      const [order, another] = await airtable.findOrders('orderid', orderId, { correlationId });
      if (!order) throw orderNotInAirtable(orderId);
      if (another) throw ambiguousInAirtable(orderId);
      const found = await airtable.applications(order.applicationRecordIds, { correlationId });
      return found.map(toVisaApplication);
    });
  }
}
