import { Injectable } from '@nestjs/common';
import type { OrderByItemBuilder } from 'kysely';
import type { Executor } from '../db/database.js';
import { type PageResult, paginateByNumber } from '../db/paginate.js';
import type { Specification } from '../db/specification.js';
import { type OrderFacts, orderFields, type OrderFields } from './order-fields.js';
import { type OrderView, shown } from './order-lists.repository.js';

export interface OrderSort {
  readonly field: 'createdAt' | 'processedAt' | 'amount';
  readonly direction: 'asc' | 'desc';
}

export interface SearchPage {
  readonly page: number;
  readonly perPage: number;
  readonly sort: OrderSort;
}

@Injectable()
export class OrderSearchRepository {
  /**
   * The orders that satisfy a rule. Null counts as the least value, so that one index serves both directions; orders of
   * equal value follow their ids.
   */
  async findBySpecification(
    executor: Executor,
    specification: Specification<OrderFacts, OrderFields>,
    page: SearchPage,
  ): Promise<PageResult<OrderView>> {
    const { field, direction } = page.sort;
    const query = executor.selectFrom('orders').select(shown).where(specification.toCondition());
    const ordered = query.orderBy(field, orderOf(field, direction)).orderBy('orderId', direction);
    return await paginateByNumber(executor, query, ordered, page);
  }
}

/** Indexes of columns without null have no place for it, and would not serve an order that names one. */
function orderOf(field: OrderSort['field'], direction: OrderSort['direction']) {
  return (order: OrderByItemBuilder) => {
    const directed = direction === 'asc' ? order.asc() : order.desc();
    if (!orderFields[field].nullable) return directed;
    return direction === 'asc' ? directed.nullsFirst() : directed.nullsLast();
  };
}
