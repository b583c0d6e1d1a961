import { describe, expect, it } from '@jest/globals';
import { columnOf, recordsOf } from './records.js';

const lone = '\ud83d';
const parsed = (value: Parameters<typeof recordsOf>[0][number][string]) =>
  (JSON.parse(recordsOf([{ value }])) as { value?: unknown }[])[0];

describe('Rows as one parameter', () => {
  it.each([
    ['id', 'id'],
    ['orderId', 'order_id'],
    ['whatsappAlertsEnabled', 'whatsapp_alerts_enabled'],
    ['cbbContactId', 'cbb_contact_id'],
  ])('names the column of %s', (name, column) => {
    expect(columnOf(name)).toBe(column);
    expect(JSON.parse(recordsOf([{ [name]: 1 }]))).toEqual([{ [column]: 1 }]);
  });

  it('keeps the order of rows, and is a list for none of them', () => {
    expect(JSON.parse(recordsOf([{ n: 2 }, { n: 1 }]))).toEqual([{ n: 2 }, { n: 1 }]);
    expect(recordsOf([])).toBe('[]');
  });

  it('writes bytes as Postgres reads them, and times to the millisecond', () => {
    expect(parsed(Buffer.from([0, 1, 0xfe, 0xff]))).toEqual({ value: '\\x0001feff' });
    expect(parsed(Buffer.alloc(0))).toEqual({ value: '\\x' });
    expect(parsed(new Date('2026-01-05T10:20:30.045Z'))).toEqual({ value: '2026-01-05T10:20:30.045Z' });
  });

  it('leaves numbers, truth and decimal text as they are', () => {
    expect(parsed(0)).toEqual({ value: 0 });
    expect(parsed(false)).toEqual({ value: false });
    expect(parsed('498.1230')).toEqual({ value: '498.1230' });
  });

  it('tells nothing from empty', () => {
    expect(parsed(null)).toEqual({ value: null });
    expect(parsed(undefined)).toEqual({});
    expect(parsed('')).toEqual({ value: '' });
    expect(parsed([])).toEqual({ value: [] });
  });

  it.each([
    ['text', `a${lone}b`, 'a\ufffdb'],
    ['a list', [lone, 'שלום', '😀'], ['\ufffd', 'שלום', '😀']],
    ['a payload', { deep: [{ said: lone }] }, { deep: [{ said: '\ufffd' }] }],
    ['a name within a payload', { [`a${lone}`]: 1 }, { 'a\ufffd': 1 }],
  ])('mends what is no Unicode in %s', (_, value, mended) => {
    const text = recordsOf([{ value }]);
    expect(text.toLowerCase()).not.toMatch(/\\ud[89a-f]/);
    expect(JSON.parse(text)).toEqual([{ value: mended }]);
  });

  it('keeps names within a payload as they are, whatever they are called', () => {
    const payload = { contactEffectId: null, fields: ['clientName'], nested: { aB: { cD: true } } };
    expect(parsed(payload)).toEqual({ value: payload });
    const odd = JSON.parse('{"__proto__":{"toString":1}}') as object;
    expect(recordsOf([{ value: odd }])).toBe('[{"value":{"__proto__":{"toString":1}}}]');
  });

  it('writes bytes and times within a payload as text', () => {
    const at = new Date('2026-01-05T10:20:30.045Z');
    expect(parsed({ at, bytes: [Buffer.from('a')] })).toEqual({
      value: { at: at.toISOString(), bytes: ['\\x61'] },
    });
  });
});
