import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { Problem } from '#services/problem.ts';
import type { Bytes, RowPlace, RowValue, Scan } from './scan.ts';

const newline = 0x0a;

/** RFC 4180; rows of another length than the header's are told apart by us, in words. */
const options = { bom: true, relax_column_count: true, skip_empty_lines: true };
const fix =
  'A CSV file has a header, fields separated by commas, and doubled quotes within quoted fields (RFC 4180).';

/** CSV with a header, which names the fields of every row. */
export function scanCsv(bytes: Bytes): Scan {
  const header: string[] = [];
  return { places: recordsOf(bytes, header), parse: (text) => parseRecord(text, header) };
}

async function* recordsOf(bytes: Bytes, header: string[]): AsyncGenerator<RowPlace> {
  const lines = new Lines();
  // What cannot be read any more is told by the parser, which is what is iterated.
  const parser = Readable.from(lines.pass(bytes)).pipe(parse({ ...options, info: true }));
  let start = 0;
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      const line = lines.endingAt(info.bytes) - newlinesIn(record);
      if (header.length === 0) header.push(...namesOf(record));
      else yield { line, start, end: info.bytes };
      start = info.bytes;
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new Problem(`the CSV cannot be read on: ${cause.message}`, fix, { cause });
  }
  if (header.length === 0) throw new Problem('line 1: the file is empty', fix);
}

/** Numbers the lines as an editor does; the parser counts some ends of lines within fields twice. */
class Lines {
  private readonly ends: number[] = [];
  private passed = 0;

  async *pass(bytes: Bytes): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const chunk of bytes) {
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, end + 1))
        this.ends.push(at + end + 1);
      at += chunk.length;
      yield chunk;
    }
  }

  /** The line of the last byte before a position; positions are asked for in ascending order. */
  endingAt(position: number): number {
    while ((this.ends[this.passed] ?? Infinity) < position) this.passed += 1;
    return this.passed + 1;
  }
}

function namesOf(record: readonly string[]): string[] {
  const names = record.map((name) => name.trim());
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled === undefined) return names;
  throw new Problem(`line 1: the header has two columns "${doubled}"`, 'Leave one of them out.');
}

function newlinesIn(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
}

function parseRecord(text: string, header: readonly string[]): RowValue {
  const [fields = []] = parseNow(text, options);
  if (fields.length !== header.length)
    return { broken: `has ${fields.length} fields, while the header has ${header.length}` };
  return { value: Object.fromEntries(header.map((name, index) => [name, fields[index]])) };
}
