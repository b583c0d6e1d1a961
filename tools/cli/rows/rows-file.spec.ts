import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { allFormats, RowsFile, rowFormats } from './rows-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'visapi-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(name: string, text: string, format?: string, allowed = allFormats) {
  const path = join(folder, name);
  writeFileSync(path, text);
  const file = await RowsFile.open(path, format, allowed);
  try {
    const rows = [];
    for await (const place of file.places) rows.push({ line: place.line, ...(await file.read(place)) });
    return rows;
  } finally {
    await file.close();
  }
}

const tricky = { name: 'דנה "ד" \\ ]},{[', text: 'a\nb, "c"', deep: [[{ x: ['}'] }]] };

describe('a file of rows', () => {
  it.each(['[]', ' [ ]\n', '\ufeff[]'])('is an array without rows: %j', async (text) => {
    await expect(rowsOf('a.json', text)).resolves.toEqual([]);
  });

  it.each([
    ['packed', JSON.stringify([tricky, 7, tricky])],
    ['with a byte order mark', `\ufeff${JSON.stringify([tricky, 7, tricky])}`],
    ['indented', JSON.stringify([tricky, 7, tricky], null, 2).replaceAll('\n', '\r\n')],
  ])('is cut where the elements of its array end: %s', async (_how, text) => {
    const rows = await rowsOf('a.json', text);
    expect(rows.map((row) => ('value' in row ? row.value : row))).toEqual([tricky, 7, tricky]);
  });

  it('says on which line each element begins, also one that is longer than what is read at once', async () => {
    const long = 'x'.repeat(200_000);
    await expect(rowsOf('a.json', `[\n{"a":\n"${long}"},\n\n2\n]`)).resolves.toEqual([
      { line: 2, value: { a: long } },
      { line: 5, value: 2 },
    ]);
  });

  it('goes on past an element that is not JSON', async () => {
    await expect(rowsOf('a.json', '[1,\nnonsense,\n3]')).resolves.toEqual([
      { line: 1, value: 1 },
      { line: 2, broken: expect.stringMatching(/not JSON/) },
      { line: 3, value: 3 },
    ]);
  });

  it.each([
    ['{"a":1}', /line 1: the file does not begin with \[/],
    ['[1,\n{"a":"x]}', /line 2: the file ends too early, the row that begins on line 2 has no end/],
    ['[1,\n', /line 2: the file ends too early, no \] closes the array/],
    ['[1]\n[2]', /line 2: something follows the end of the array/],
    ['', /line 1: the file ends too early/],
  ])('says where it cannot be cut: %j', async (text, problem) => {
    await expect(rowsOf('a.json', text)).rejects.toThrow(problem);
  });

  it('may have one row per line, the last one without an end, empty lines between', async () => {
    const text = `\ufeff${JSON.stringify(tricky)}\r\n\r\n  \n{"a":\n2`;
    await expect(rowsOf('a.ndjson', text)).resolves.toEqual([
      { line: 1, value: tricky },
      { line: 4, broken: expect.stringMatching(/not JSON/) },
      { line: 5, value: 2 },
    ]);
  });

  it('may be CSV with quotes, commas and newlines in its fields', async () => {
    const text =
      '\ufefforder_id, name ,payload\r\nIL1,"דנה, ""ד""","{""a"":\n1}"\r\n\r\nIL2,,"x\r\ny"\r\nIL3\r\nIL4,a,b';
    await expect(rowsOf('a.csv', text)).resolves.toEqual([
      { line: 2, value: { order_id: 'IL1', name: 'דנה, "ד"', payload: '{"a":\n1}' } },
      { line: 5, value: { order_id: 'IL2', name: '', payload: 'x\r\ny' } },
      { line: 7, broken: 'has 1 fields, while the header has 3' },
      { line: 8, value: { order_id: 'IL4', name: 'a', payload: 'b' } },
    ]);
  });

  it.each([
    ['a,b\n1,"x\n2,3\n', /Quote Not Closed.*line 3/],
    ['a,b\n1,x"y\n', /line 2/],
    ['a,b,a\n1,2,3\n', /two columns "a"/],
    ['', /the file is empty/],
  ])('says where CSV cannot be read on: %j', async (text, problem) => {
    await expect(rowsOf('a.csv', text)).rejects.toThrow(problem);
  });

  it('has the format that is said, else that of its name, and nothing is guessed', async () => {
    await expect(rowsOf('a.csv', '1\n2', 'ndjson')).resolves.toMatchObject([{ value: 1 }, { value: 2 }]);
    await expect(rowsOf('a.dat', '1')).rejects.toThrow(/does not say its format/);
    await expect(rowsOf('a.json', '1', 'toString')).rejects.toThrow(/--format cannot be "toString"/);
  });

  it('may be lines of text where rows need no fields', async () => {
    await expect(rowsOf('a.txt', '\ufeffIL1\r\n\n  IL2 \nIL3')).resolves.toEqual([
      { line: 1, value: 'IL1' },
      { line: 3, value: 'IL2' },
      { line: 4, value: 'IL3' },
    ]);
    await expect(rowsOf('a.txt', 'IL1', undefined, rowFormats)).rejects.toThrow(/does not say its format/);
    await expect(rowsOf('a.csv', 'IL1', 'text', rowFormats)).rejects.toThrow(/--format cannot be "text"/);
  });
});
