import type { Benchmark } from '../benchmark.ts';
import { summarise } from '../load/statistics.ts';
import { ms, phase } from '../phase.ts';
import { startPipeline } from '../system/pipeline.ts';
import { query } from '../system/query.ts';
import { untilQuiet } from '../verify/quiet.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { verifyEffects } from '../verify/effects.ts';

const RATE = 100;

/**
 * The bound that the rows show from outside: a delivery is stamped just before its commit, an order at the start of the
 * transaction of the job that creates it. The true delay is no longer than the difference.
 */
const DELAYS = `
  select extract(epoch from o.created_at - d.received_at)::float8 * 1000 as ms
  from deliveries d join orders o using (order_id) where d.position > $1`;

/** S6: from a delivery's commit to the start of its job, at 100 orders a second. */
export const startDelay: Benchmark = {
  promises: ['S6'],
  group: 'drain',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's6', worker: true });
    const steady = (label: string, firstOrder: number, seconds: number) =>
      phase(context, label, pipeline.pids, {
        url: pipeline.ordersUrl,
        headers: pipeline.headers,
        connections: 32,
        ratePerSecond: RATE,
        seconds,
        firstOrder,
      });
    const warm = await steady('warm-up', 0, 3);
    await untilQuiet(context, pipeline.databaseUrl, warm.load.sent);
    const { load } = await steady('open loop', warm.load.sent, context.quick ? 5 : 30);
    const count = warm.load.sent + load.sent;
    await untilQuiet(context, pipeline.databaseUrl, count);
    const rows = await query<{ ms: number }>(pipeline.databaseUrl, DELAYS, [warm.load.sent]);
    const refused = [...warm.load.refused, ...load.refused];
    if (rows.length !== load.sent - load.refused.length)
      context.fault(`delays of ${rows.length} orders are known, of ${load.sent} sent`);
    await verifyDeliveries(context, pipeline.databaseUrl, { count, refused, duplicates: 0 });
    await verifyEffects(context, pipeline.databaseUrl, count - refused.length);
    await pipeline.stop();
    const delays = summarise(rows.map((row) => row.ms));
    return [
      {
        promise: 'S6',
        what: `delivery committed to job started, at ${RATE}/s`,
        ours: `p95 ${ms(delays.p95)}, p99 ${ms(delays.p99)}`,
        baseline: '-',
        ratio: '-',
        hold: 'p95 < 100 ms, p99 < 250 ms',
        held: delays.p95 < 100 && delays.p99 < 250,
        note: `deliveries.received_at to orders.created_at of ${rows.length} orders, an upper bound; p50 ${ms(delays.p50)}`,
        figures: { delays, load },
      },
    ];
  },
};
