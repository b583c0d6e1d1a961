import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Problem } from '#services/problem.ts';
import type { RowPlace, RowValue, Scan } from './scan.ts';
import { scanCsv } from './scan-csv.ts';
import { scanJsonArray } from './scan-json-array.ts';
import { scanLines, scanTexts } from './scan-lines.ts';

const scanners = { json: scanJsonArray, ndjson: scanLines, csv: scanCsv, text: scanTexts } as const;
type Format = keyof typeof scanners;

/** Formats whose rows have fields; the lines of a text have none. */
export const rowFormats: readonly Format[] = ['json', 'ndjson', 'csv'];
export const allFormats: readonly Format[] = [...rowFormats, 'text'];

const formats: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.txt': 'text',
};

/** A file of rows that is never held in memory: it is cut into rows, which are then read in any order. */
export class RowsFile {
  private readonly handle: FileHandle;
  private readonly scan: Scan;

  private constructor(handle: FileHandle, scan: Scan) {
    this.handle = handle;
    this.scan = scan;
  }

  /**
   * @param said the format as the user said it; undefined = what the name of the file says
   * @param allowed formats that make sense to the caller
   */
  static async open(path: string, said: string | undefined, allowed: readonly Format[]): Promise<RowsFile> {
    const scanner = scanners[formatNamed(path, said, allowed)];
    const handle = await open(path).catch((cause: Error) => unreadable(path, cause.message));
    const isFile = (await handle.stat()).isFile();
    if (isFile) return new RowsFile(handle, scanner(bytesOf(path)));
    await handle.close();
    return unreadable(path, 'it is not a file');
  }

  /** Every row in the order of the file; to be gone through once. */
  get places(): AsyncIterable<RowPlace> {
    return this.scan.places;
  }

  async read({ start, end }: RowPlace): Promise<RowValue> {
    const { buffer } = await this.handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return this.scan.parse(buffer.toString('utf8'));
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Opens nothing before it is read. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path)) yield chunk as Buffer;
}

function unreadable(path: string, why: string): never {
  throw new Problem(`${path} cannot be read: ${why}`, 'Name a file that can be read.');
}

function formatNamed(path: string, said: string | undefined, allowed: readonly Format[]): Format {
  const named = said ?? formats[extname(path).toLowerCase()];
  const format = allowed.find((one) => one === named);
  if (format !== undefined) return format;
  const problem =
    said === undefined ? `the name ${path} does not say its format` : `--format cannot be "${said}"`;
  throw new Problem(problem, `Say one of: ${allowed.map((one) => `--format ${one}`).join(', ')}`);
}
