import { Problem } from '#services/problem.ts';
import { type Bytes, parseJsonRow, type RowPlace, type Scan } from './scan.ts';

const [quote, backslash, comma, newline] = [0x22, 0x5c, 0x2c, 0x0a];
const opening = [0x5b, 0x7b];
const closing = [0x5d, 0x7d];
const blanks = [0x20, 0x09, 0x0d, newline];
/** A byte order mark is no part of JSON, and what editors put there. */
const mark = [0xef, 0xbb, 0xbf];
const fix =
  'A JSON file holds one array, [row, row, ...]; a row per line without the array is --format ndjson.';

/** One JSON array, which may be longer than memory: its elements are cut out by their brackets and quotes. */
export function scanJsonArray(bytes: Bytes): Scan {
  return { places: elementsOf(bytes), parse: parseJsonRow };
}

async function* elementsOf(bytes: Bytes): AsyncGenerator<RowPlace> {
  const cutter = new ArrayCutter();
  for await (const chunk of bytes) {
    for (const byte of chunk) {
      const place = cutter.take(byte);
      if (place) yield place;
    }
  }
  cutter.end();
}

/** Goes over an array byte by byte; every byte that means something in JSON's structure is ASCII. */
class ArrayCutter {
  private at = -1;
  private line = 1;
  /** Brackets that are open, the array's own among them; -1 when that is closed. */
  private depth = 0;
  private inText = false;
  private escaped = false;
  private begun: { readonly line: number; readonly start: number } | undefined;

  /** @returns the row that ended before this byte */
  take(byte: number): RowPlace | undefined {
    this.at += 1;
    if (byte === newline) this.line += 1;
    if (this.inText) {
      this.takeText(byte);
      return undefined;
    }
    if (blanks.includes(byte)) return undefined;
    if (this.depth <= 0) {
      this.takeOutside(byte);
      return undefined;
    }
    return this.takeInside(byte);
  }

  end(): void {
    if (this.depth < 0) return;
    const open = this.begun
      ? `the row that begins on line ${this.begun.line} has no end`
      : `no ] closes the array`;
    throw new Problem(`line ${this.line}: the file ends too early, ${open}`, fix);
  }

  private takeText(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inText = false;
  }

  private takeOutside(byte: number): void {
    if (this.depth === 0 && mark[this.at] === byte) return;
    if (this.depth < 0) throw new Problem(`line ${this.line}: something follows the end of the array`, fix);
    if (byte !== opening[0]) throw new Problem(`line ${this.line}: the file does not begin with [`, fix);
    this.depth = 1;
  }

  private takeInside(byte: number): RowPlace | undefined {
    const isEnd = this.depth === 1 && (byte === comma || closing.includes(byte));
    const row = isEnd && this.begun ? { ...this.begun, end: this.at } : undefined;
    if (isEnd) this.begun = undefined;
    else this.begun ??= { line: this.line, start: this.at };
    if (byte === quote) this.inText = true;
    if (opening.includes(byte)) this.depth += 1;
    if (closing.includes(byte)) this.depth = isEnd ? -1 : this.depth - 1;
    return row;
  }
}
