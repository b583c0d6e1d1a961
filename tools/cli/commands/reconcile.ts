import { once } from 'node:events';
import { resolve } from 'node:path';
import { Problem } from '#services/problem.ts';
import { type Command, type Given, textOf } from '../command.ts';
import { Progress } from '../progress.ts';
import { ReconcileReport } from '../reconcile-report.ts';
import { allFormats, RowsFile } from '../rows/rows-file.ts';
import type { RowPlace } from '../rows/scan.ts';
import { openSystem } from '../system.ts';
import { periodOf, periodOptions } from '../times.ts';

/** Orders that one statement asks for. */
const batchSize = 1_000;

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary:
    'compare a list of orders with ours, both ways: what never came, who was not told, what only we know',
  usage: '<file> [--from <time>] [--to <time>] [--column <name>] [--format json|ndjson|csv|text] [--json]',
  details: `The file is a list of orders of the shop:
  .txt            an order id per line
  .csv            with a header; the id is in a column named order_id, orderId, vizi_order_id or id
  .json .ndjson   order ids, objects with such a field, or bodies as the shop posts them ({ form, order })
What of it never came, was refused when it came, or was not told to its customer (with the state and the reason) is named,
and what came within a period and is not in the file. Test orders are told apart. Nothing is written.

  --from, --to   orders that first came within this time are looked for in the file, such as 2026-01-05T00:00:00Z;
                 without both, the time between the first and the last order of the file that is here
  --column       the field that holds the order id
  --format       what the file holds, when its name does not say it
  --json         prints every finding, as one JSON document

The status is 1 when an order of the file is missing here, a line names none, or there was nothing to compare.`,
  options: {
    ...periodOptions,
    column: { type: 'string' },
    format: { type: 'string' },
    json: { type: 'boolean' },
  },
  arguments: ['file'],
  run: runReconcile,
};

async function runReconcile({ values, positionals: [path = ''], env }: Given): Promise<number> {
  const period = periodOf(values);
  const file = await RowsFile.open(
    resolve(env['INIT_CWD'] ?? '', path),
    textOf(values['format']),
    allFormats,
  );
  try {
    const system = await openSystem(env);
    try {
      const { ReconcileOrders } = await import('@visapi/backend-operations');
      const report = new ReconcileReport(toStdout, values['json'] === true);
      const batches = batchesOf(file, textOf(values['column']), report);
      const query = new ReconcileOrders(batches, period, async (findings) => await report.add(findings));
      const result = await system.queries.execute(query);
      await report.end(result);
      const isPeriodSaid = period.from !== null || period.to !== null;
      if (result.counts.orders + report.unreadable === 0 && !isPeriodSaid)
        throw new Problem(
          'nothing was compared: the file names no order, and no period is said',
          'Look into the file; for what is only here, say --from or --to.',
        );
      return result.counts.missing + report.unreadable > 0 ? 1 : 0;
    } finally {
      await system.close();
    }
  } finally {
    await file.close();
  }
}

/** The ids of the file; rows that name none are told where they stand. */
async function* batchesOf(
  file: RowsFile,
  column: string | undefined,
  report: ReconcileReport,
): AsyncGenerator<readonly string[]> {
  const { listedOrder } = await import('@visapi/backend-operations');
  const progress = new Progress('compared', undefined);
  let rows = 0;
  for await (const places of inBatches(file.places)) {
    const values = await Promise.all(places.map(async (place) => await file.read(place)));
    const listed = values.map((read, index) => ({
      line: places[index]?.line ?? 0,
      ...('value' in read ? listedOrder(read.value, column) : { problem: read.broken }),
    }));
    yield listed.flatMap((row) => ('orderId' in row ? [row.orderId] : []));
    await report.add(
      listed.flatMap((row) =>
        'problem' in row ? [{ finding: 'unreadable' as const, line: row.line, problem: row.problem }] : [],
      ),
    );
    rows += places.length;
    progress.show(rows);
  }
}

async function* inBatches(places: AsyncIterable<RowPlace>): AsyncGenerator<readonly RowPlace[]> {
  let batch: RowPlace[] = [];
  for await (const place of places) {
    batch.push(place);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Waits for whoever reads, so that what is not read yet does not pile up. */
async function toStdout(part: string): Promise<void> {
  if (!process.stdout.write(part)) await once(process.stdout, 'drain');
}
