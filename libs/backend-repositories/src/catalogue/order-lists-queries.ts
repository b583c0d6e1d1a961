import { type Condition, type Op, type AnyValue, Specification } from '../db/specification.js';
import {
  type OrderFacts,
  orderFields,
  type OrderFields,
  type OrderFilter,
  OrderListsRepository,
  OrderSearchRepository,
  type OrderSort,
  OrderStatisticsRepository,
  OrderStatsRepository,
  type CountedPeriod,
} from '../orders/index.js';
import { orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report } from './query.js';
import { afterCursor, daysAgo, firstPage, type Samples } from './samples.js';

export function orderListsQueries(samples: Samples): CataloguedQuery[] {
  const lists = new OrderListsRepository();
  const from = daysAgo(101, samples);
  const to = daysAgo(100, samples);
  return [
    operator('OrderListsRepository.find', (db) => lists.find(db, orderIdOf(samples.done))),
    report('OrderListsRepository.warningCounts', (db) => lists.warningCounts(db, { from, to }), {
      asks: 'a day',
    }),
    report('OrderListsRepository.warningCounts', (db) => lists.warningCounts(db, {}), { asks: 'everything' }),
    ...pages(samples),
    ...searches(samples),
    ...statistics(samples),
  ];
}

function pages(samples: Samples): CataloguedQuery[] {
  const lists = new OrderListsRepository();
  const period = { createdFrom: daysAgo(101, samples), createdTo: daysAgo(100, samples) };
  const filters: readonly (readonly [string, OrderFilter, readonly string[]])[] = [
    ['everything', {}, ['orders_delivery_position_idx']],
    ['of a phone', { phone: phoneOf(samples.done) }, ['orders_client_phone_idx']],
    ['of an e-mail', { email: `Client${samples.done}@example.test` }, ['orders_client_email_folded_idx']],
    ['changes to look at', { review: true }, ['orders_review_idx']],
    ['nothing to look at', { review: false }, []],
    ['of a branch', { branch: 'il' }, []],
    ['of a branch without orders', { branch: 'us' }, ['orders_branch_idx']],
    ['of a rare status', { status: 'refunded' }, ['orders_status_idx']],
    ['of a country', { country: 'country7' }, []],
    ['of a rare country', { country: 'country0' }, ['orders_country_newest_idx']],
    ['not in the CRM', { branch: 'il', cbbSynced: false }, ['orders_incomplete_idx']],
    ['not told', { whatsappConfirmationSent: false }, []],
    ['with a warning', { warning: 'phone:invalid' }, []],
    ['with any warning about a field', { warning: 'email' }, []],
    ['of a day', period, []],
  ];
  const weakness = (filter: OrderFilter) =>
    filter.createdFrom === undefined
      ? {}
      : { weakness: 'pages follow positions; what is newer is passed over row by row' };
  return filters.flatMap(([asks, filter, reads]) => [
    list('OrderListsRepository.list', (db) => lists.list(db, filter, firstPage), {
      asks: `${asks}, a numbered page`,
      ...weakness(filter),
      reported: true,
    }),
    list('OrderListsRepository.list', (db) => lists.list(db, filter, afterCursor(samples.orders * 3)), {
      asks: `${asks}, by cursor`,
      ...weakness(filter),
      reported: true,
      reads,
    }),
  ]);
}

const leaf = (field: string, op: Op, value: AnyValue): Condition => ({ field, op, value });
const newest: OrderSort = { field: 'createdAt', direction: 'desc' };

function searches(samples: Samples): CataloguedQuery[] {
  const phone = phoneOf(samples.done);
  const email = `CLIENT${samples.done}@example.test`;
  const from = daysAgo(101, samples);
  const day = [leaf('createdAt', 'gte', from), leaf('createdAt', 'lt', daysAgo(100, samples))];
  const week = { all: [leaf('createdAt', 'gte', from), leaf('createdAt', 'lt', daysAgo(94, samples))] };
  const conditions: readonly (readonly [asks: string, condition: Condition, index?: string])[] = [
    ['a phone', leaf('phone', 'eq', phone), 'orders_client_phone_idx'],
    ['phones', leaf('phone', 'in', [phone, phoneOf(samples.changed)]), 'orders_client_phone_idx'],
    ['an e-mail', leaf('email', 'eq', email), 'orders_client_email_folded_idx'],
    ['a country', leaf('country', 'eq', 'Country0'), 'orders_country_newest_idx'],
    ['a country on a day', { all: [leaf('country', 'eq', 'country7'), ...day] }, 'orders_country_newest_idx'],
    ['a rare status', leaf('status', 'eq', 'refunded'), 'orders_status_newest_idx'],
    ['a warning', leaf('warnings', 'contains', 'phone:invalid'), 'orders_each_warning_idx'],
    ['a time', leaf('createdAt', 'eq', from), 'orders_created_at_idx'],
    ['a week', week, 'orders_created_at_idx'],
    ['the time of processing', leaf('processedAt', 'gte', daysAgo(1, samples)), 'orders_processed_at_idx'],
    ['an amount', leaf('amount', 'eq', '179.19'), 'orders_amount_idx'],
    ['nothing sent', leaf('whatsappConfirmationSent', 'eq', false)],
    ['nothing sent, negated', { not: leaf('whatsappConfirmationSent', 'eq', true) }],
    [
      'nothing sent of a branch',
      { all: [leaf('branch', 'eq', 'IL'), leaf('whatsappConfirmationSent', 'eq', false)] },
      'orders_incomplete_idx',
    ],
    [
      'not in the CRM',
      { all: [leaf('branch', 'eq', 'IL'), leaf('cbbSynced', 'eq', false)] },
      'orders_incomplete_idx',
    ],
    [
      'one of two',
      { any: [leaf('phone', 'eq', phone), leaf('email', 'eq', email)] },
      'orders_client_email_folded_idx',
    ],
  ];
  const fields = ['createdAt', 'processedAt', 'amount'] as const;
  const sorts = fields.flatMap((field) =>
    (['asc', 'desc'] as const).map((direction) => ({ field, direction })),
  );
  return [
    ...conditions.map(([asks, condition, index]) => search(asks, condition, newest, index)),
    ...sorts.map((sort) =>
      search(
        `sorted by ${sort.field} ${sort.direction}`,
        leaf('urgent', 'eq', false),
        sort,
        indexOf[sort.field],
      ),
    ),
  ];
}

const indexOf = {
  createdAt: 'orders_created_at_idx',
  processedAt: 'orders_processed_at_idx',
  amount: 'orders_amount_idx',
} as const;

function search(asks: string, condition: Condition, sort: OrderSort, index?: string): CataloguedQuery {
  const specification = Specification.read<OrderFacts, OrderFields>(orderFields, condition);
  const page = { page: 1, perPage: 20, sort };
  const orders = new OrderSearchRepository();
  const run: CataloguedQuery['run'] = (db) => orders.findBySpecification(db, specification, page);
  return list('OrderSearchRepository.findBySpecification', run, {
    asks,
    reported: true,
    reads: index === undefined ? [] : [index],
  });
}

function statistics(samples: Samples): CataloguedQuery[] {
  const stats = new OrderStatsRepository();
  const steps = (first: number, length: number, days: number): CountedPeriod['starts'] => [
    daysAgo(first, samples),
    ...Array.from({ length: length - 1 }, (_, step) => midnight(first - days * (step + 1), samples)),
  ];
  const month = { starts: steps(130, 30, 1), to: daysAgo(100, samples) };
  const year = { starts: steps(365, 12, 30), to: null };
  const day = { starts: steps(1, 1, 1), to: null };
  const followed = { handler: 'order-statistics', aggregateType: 'order', types: ['order.created'] };
  const sums = (asks: string, period: CountedPeriod) =>
    report('OrderStatsRepository.sum', (db) => stats.sum(db, period, followed), {
      asks,
      reported: true,
      reads: ['order_counts_key', 'order_revenues_key', 'counted_orders_created_at_idx'],
    });
  const statistics = new OrderStatisticsRepository();
  return [
    sums('a day until now', day),
    sums('a month by days', month),
    sums('a year until now by months', year),
    report('OrderStatsRepository.count', (db) => stats.count(db, month), {
      asks: 'a month',
      reported: true,
      reads: ['orders_created_at_idx'],
    }),
    hot('OrderStatisticsRepository.count', (db) => statistics.count(db, [orderIdOf(samples.done)]), {
      reads: ['orders_pkey', 'counted_orders_pkey'],
    }),
    report('OrderStatisticsRepository.reset', (db) => statistics.reset(db)),
  ];
}

function midnight(days: number, samples: Samples): Date {
  const time = daysAgo(days, samples);
  time.setUTCHours(0, 0, 0, 0);
  return time;
}
