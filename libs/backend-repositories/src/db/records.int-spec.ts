import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';
import { recordsOf } from './records.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

type Given = Parameters<typeof recordsOf>[0][number];

async function readBack(rows: readonly Given[]) {
  const result = await sql<Record<string, unknown>>`
    select * from jsonb_to_recordset(${recordsOf(rows)}::jsonb) as given (some_bytes bytea, some_money numeric(20, 4),
      some_time timestamptz, some_list text[], some_payload jsonb, some_text text, some_flag boolean, some_day date,
      some_count integer)`.execute(test.database.db);
  return result.rows;
}

const nothing = {
  someBytes: null,
  someMoney: null,
  someTime: null,
  someList: null,
  somePayload: null,
  someText: null,
  someFlag: null,
  someDay: null,
  someCount: null,
};
const nasty = [
  '"',
  `'`,
  ',',
  '{}',
  '{a,"b"}',
  '\\',
  '\\x41',
  'NULL',
  '',
  ' ',
  'שלום, עולם',
  '👩‍👧',
  'a\nb\tc',
  '\u0001',
];

describe('Rows as one parameter, read by Postgres', () => {
  it.each<[string, Given]>([
    ['bytes', { someBytes: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) }],
    ['no bytes', { someBytes: Buffer.alloc(0) }],
    ['money with four decimals', { someMoney: '498.1230' }],
    ['more money than a double holds', { someMoney: '1234567890123456.7891' }],
    ['a time with milliseconds', { someTime: new Date('2026-01-05T10:20:30.045Z') }],
    ['a list with quotes, commas, Hebrew and emoji', { someList: nasty }],
    ['an empty list', { someList: [] }],
    ['a payload with layers', { somePayload: { aB: [1, null, { cD: nasty }], e: { f: false } } }],
    ['a payload that is a list', { somePayload: [{ a: 1 }, 'b'] }],
    ['text', { someText: nasty.join('|') }],
    ['text that looks like null', { someText: 'null' }],
    ['a flag that is false, and a count of nothing', { someFlag: false, someCount: 0 }],
    ['a day', { someDay: '2026-03-05' }],
    ['nothing', {}],
  ])('comes back as it was: %s', async (_, row) => {
    await expect(readBack([row])).resolves.toEqual([{ ...nothing, ...row }]);
  });

  it('comes back as text that the driver would have stored: a lone half of a character', async () => {
    const lone = `${'\udc00'}a${'\ud83d'}`;
    const driven = await sql<{ said: string }>`select ${lone}::text as said`.execute(test.database.db);
    const said = driven.rows[0]?.said;
    await expect(
      readBack([{ someText: lone, someList: [lone], somePayload: { [lone]: lone } }]),
    ).resolves.toEqual([
      { ...nothing, someText: said, someList: [said], somePayload: { [String(said)]: said } },
    ]);
  });

  it('is refused with a NUL, as the driver refuses one: it never comes back shortened', async () => {
    await expect(readBack([{ someText: 'a\u0000b' }])).rejects.toMatchObject({ code: '22P05' });
  });
});
