import { resolve } from 'node:path';
import type { ImportedResult } from '@visapi/backend-orders';
import { type Command, type Given, textOf } from '../command.ts';
import { Problem } from '#services/problem.ts';
import { ImportSummary } from '../import-summary.ts';
import { Progress } from '../progress.ts';
import { rowFormats, RowsFile } from '../rows/rows-file.ts';
import type { RowPlace } from '../rows/scan.ts';
import { type OpenSystem, openSystem } from '../system.ts';

/** Rows that one command of the system takes; each has a transaction of its own. */
const batchSize = 100;

export const importCommand: Command = {
  name: 'import',
  summary: 'take orders over from the system used before; what that has told is never told again',
  usage: '<file> [--dry-run] [--format json|ndjson|csv] [--json]',
  details: `Each row is one order, in one of two shapes:
  1. { "payload": { form, order }, "receivedAt": "2026-01-05T09:00:44Z",
       "told": { "contactSynced": true, "confirmationSent": true, "visaSent": false } }
  2. a row of the old orders table under its column names (JSON columns as JSON text in CSV), with the columns
     contact_synced, confirmation_sent (or whatsapp_confirmation_sent) and visa_sent (or visa_notification_sent)
Whether the confirmation was sent must be stated in every row. The file is read twice, first to bring its rows into the
order in which they were received. Orders that are here are left alone, so a run may be stopped and repeated.

  --dry-run   decides everything and writes nothing
  --format    what the file holds, when its name does not end with .json, .ndjson, .jsonl or .csv
  --json      prints the summary as JSON, with every problem

The status is 1 when any row was refused.`,
  options: { 'dry-run': { type: 'boolean' }, format: { type: 'string' }, json: { type: 'boolean' } },
  arguments: ['file'],
  run: runImport,
};

async function runImport({ values, positionals: [path = ''], env }: Given): Promise<number> {
  const format = textOf(values['format']);
  const summary = new ImportSummary(values['dry-run'] === true);
  const file = await RowsFile.open(resolve(env['INIT_CWD'] ?? '', path), format, rowFormats);
  try {
    const system = await openSystem(env);
    try {
      await importAll(file, system, summary, values['dry-run'] === true).catch(explainOutage);
    } finally {
      await system.close();
    }
  } finally {
    await file.close();
  }
  process.stdout.write(`${values['json'] === true ? summary.asJson() : summary.asText()}\n`);
  return summary.counts.refused > 0 ? 1 : 0;
}

async function explainOutage(cause: unknown): Promise<never> {
  const { isDatabaseUnavailable } = await import('@visapi/backend-repositories');
  if (!isDatabaseUnavailable(cause)) throw cause;
  const fix =
    'What was imported stays. Run the same command again when the database answers; it goes on where it was.';
  throw new Problem(`the database does not answer: ${(cause as Error).message}`, fix, { cause });
}

async function importAll(
  file: RowsFile,
  system: OpenSystem,
  summary: ImportSummary,
  dryRun: boolean,
): Promise<void> {
  const { ImportOrders } = await import('@visapi/backend-orders');
  const options = { tellWithinHours: system.confirmWithinHours, dryRun };
  const places = await inOrderOfArrival(file);
  const progress = new Progress(dryRun ? 'looked at' : 'imported', places.length);
  for (let at = 0; at < places.length; at += batchSize) {
    const rows = await readRows(file, places.slice(at, at + batchSize));
    for (const result of rows.filter(isRefused)) summary.add(result);
    const readable = rows.flatMap((row) => (isRefused(row) ? [] : [row]));
    const results = await system.commands.execute(new ImportOrders(readable, options));
    for (const result of results) summary.add(result);
    progress.show(summary.counts.rows);
  }
}

type Row = { readonly line: number; readonly value: unknown } | ImportedResult;

/** What cannot be read as a row is refused here, with the others. */
async function readRows(file: RowsFile, places: readonly RowPlace[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const place of places) {
    const { line } = place;
    const read = await file.read(place);
    if ('value' in read) rows.push({ line, value: read.value });
    else {
      const problems = [{ path: 'the row', message: read.broken }];
      rows.push({ line, orderId: null, outcome: 'refused', effects: [], problems });
    }
  }
  return rows;
}

function isRefused(row: Row): row is ImportedResult {
  return 'outcome' in row;
}

/** The first pass: oldest order first, because which order of a phone is newest follows from it. */
async function inOrderOfArrival(file: RowsFile): Promise<RowPlace[]> {
  const { receivedAtOf } = await import('@visapi/backend-orders');
  const progress = new Progress('read', undefined);
  const found: { readonly place: RowPlace; readonly receivedAt: number }[] = [];
  for await (const place of file.places) {
    const read = await file.read(place);
    const receivedAt = 'value' in read ? receivedAtOf(read.value) : undefined;
    found.push({ place, receivedAt: receivedAt?.getTime() ?? 0 });
    progress.show(found.length);
  }
  return found.sort((left, right) => left.receivedAt - right.receivedAt).map(({ place }) => place);
}
