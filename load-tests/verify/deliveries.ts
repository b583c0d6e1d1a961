import type { BenchContext } from '../benchmark.ts';
import { orderId } from '../load/order-template.ts';
import { query } from '../system/query.ts';

export interface Sent {
  /** Orders 0 ... count - 1 were sent. */
  readonly count: number;
  /** Indices that were not answered 200: they may be stored or not. */
  readonly refused: readonly number[];
  readonly duplicates: number;
}

export interface Counted {
  readonly accepted: number;
  readonly missing: number;
  readonly doubled: number;
  readonly unexpected: number;
  readonly repeats: number;
}

const COUNT = `
  with expected as (
    select $1 || n as order_id, not n = any($4::int[]) as answered from generate_series($2::int, $3::int) n
  ), stored as (
    select order_id, count(*) filter (where outcome = 'accepted') as accepted, sum(repeats) as repeats, count(*) as n
    from deliveries where kind = 'order' and order_id like $1 || '%' group by order_id
  )
  select
    count(*) filter (where stored.accepted = 1)::int as accepted,
    count(*) filter (where answered and coalesce(stored.accepted, 0) = 0)::int as missing,
    count(*) filter (where stored.accepted > 1 or stored.n > 1)::int as doubled,
    count(*) filter (where expected.order_id is null)::int as unexpected,
    coalesce(sum(stored.repeats), 0)::int as repeats
  from expected full join stored using (order_id)`;

/** Counts every id that was sent against the rows of a database that held no order of the generator before. */
export async function verifyDeliveries(
  context: BenchContext,
  databaseUrl: string,
  sent: Sent,
): Promise<Counted> {
  const first = Number(orderId(0).slice(PREFIX.length));
  const refused = sent.refused.map((index) => index + first);
  const values = [PREFIX, first, first + sent.count - 1, refused];
  const [counted] = await query<{ [Name in keyof Counted]: number }>(databaseUrl, COUNT, values);
  if (!counted) throw new Error('The count of deliveries answered nothing');
  const { missing, doubled, unexpected, repeats } = counted;
  if (missing + doubled + unexpected > 0) {
    context.fault(
      `deliveries: ${missing} answered 200 but not stored, ${doubled} stored twice, ${unexpected} unknown`,
    );
  }
  if (repeats !== sent.duplicates)
    context.fault(`deliveries: ${sent.duplicates} repeats answered, ${repeats} counted`);
  context.say(
    `  verified: ${counted.accepted} ids stored once, ${repeats} repeats counted, ${missing} missing`,
  );
  return counted;
}

const PREFIX = orderId(0).slice(0, -7);
