import { type Bytes, parseJsonRow, type RowPlace, type Scan } from './scan.ts';

const newline = 0x0a;
const byteOrderMark = 3;

/** NDJSON: one JSON value per line; empty lines are passed over. */
export function scanLines(bytes: Bytes): Scan {
  return { places: linesOf(bytes), parse: parseJsonRow };
}

/** Plain text: each line is a value, without the blanks around it; empty lines are passed over. */
export function scanTexts(bytes: Bytes): Scan {
  return { places: linesOf(bytes), parse: (text) => ({ value: text.trim() }) };
}

async function* linesOf(bytes: Bytes): AsyncGenerator<RowPlace> {
  let [line, start, at] = [1, 0, 0];
  let isEmpty = true;
  for await (const chunk of bytes) {
    for (const [index, byte] of chunk.entries()) {
      if (byte === newline) {
        if (!isEmpty) yield { line, start, end: at + index };
        [line, start, isEmpty] = [line + 1, at + index + 1, true];
      } else if (at + index === 0 && isMark(chunk)) start = byteOrderMark;
      else if (at + index >= start && !isBlank(byte)) isEmpty = false;
    }
    at += chunk.length;
  }
  if (!isEmpty) yield { line, start, end: at };
}

/** Bytes of JSON's blanks besides the newline. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function isMark(chunk: Buffer): boolean {
  return chunk.subarray(0, byteOrderMark).equals(Buffer.from('\ufeff'));
}
