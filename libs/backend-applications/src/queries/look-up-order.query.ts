import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import {
  AirtableClient,
  type Application,
  type FoundOrder,
  type LookupField,
} from '@visapi/backend-providers';
import { Database } from '@visapi/backend-repositories';
import { NoticedOrdersRepository } from '@visapi/backend-repositories/applications';
import { statusText } from '../status-text.js';
import { askAirtable } from './ask-airtable.js';

export type LookUpOrderResult =
  | { readonly status: 'none' | 'multiple' }
  | {
      readonly status: 'found';
      readonly order: FoundOrder;
      /** Undefined when there is nothing that may be told. */
      readonly statusMessage: string | undefined;
      /** Only where staff have something to show: orders with an issue and completed ones. */
      readonly applications: readonly Application[] | undefined;
    };

/** The chatbot asks for an order of the customer it talks to. */
export class LookUpOrder extends Query<LookUpOrderResult> {
  constructor(
    readonly field: LookupField,
    readonly key: string,
    readonly correlationId: string,
  ) {
    super();
  }
}

@QueryHandler(LookUpOrder)
export class LookUpOrderHandler implements IQueryHandler<LookUpOrder> {
  constructor(
    private readonly airtable: AirtableClient,
    private readonly database: Database,
    private readonly orders: NoticedOrdersRepository,
  ) {}

  async execute({ field, key, correlationId }: LookUpOrder): Promise<LookUpOrderResult> {
    return await askAirtable(this.airtable, async (airtable) => {
      const found = await airtable.findOrders(field, key, { correlationId });
      const [order] = found;
      if (!order) return { status: 'none' };
      if (found.length > 1) return { status: 'multiple' };
      const statusMessage = statusText(order, order.processingTime ?? (await this.daysOf(order.orderId)));
      const shows = /issue|completed/i.test(order.status ?? '');
      const applications = shows
        ? await airtable.applications(order.applicationRecordIds, { correlationId })
        : undefined;
      return { status: 'found', order, statusMessage, applications };
    });
  }

  private async daysOf(orderId: string | null): Promise<number | null> {
    if (orderId === null) return null;
    return (await this.orders.find(this.database.db, orderId))?.processingDays ?? null;
  }
}
