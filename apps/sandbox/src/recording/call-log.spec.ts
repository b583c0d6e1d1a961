import { describe, expect, it } from '@jest/globals';
import { CallLog, showCall } from './call-log.js';

function call(path: string, at = 0) {
  return {
    at,
    vendor: 'cbb' as const,
    method: 'POST',
    path,
    raw: undefined,
    contentType: undefined,
    correlationId: undefined,
    outcome: 'accepted' as const,
  };
}
const paths = (log: CallLog, filter = {}) => [...log.select(filter)].map(({ path }) => path);

describe('CallLog', () => {
  it('keeps the last calls and gives each an index that stays', () => {
    const log = new CallLog(3);
    for (const path of ['/a', '/b', '/c', '/d']) log.record(call(path));
    expect([...log.select({})].map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(paths(log)).toEqual(['/b', '/c', '/d']);
  });

  it('selects by vendor, index and time', () => {
    const log = new CallLog();
    log.record(call('/a', 1_000));
    log.record({ ...call('/b', 2_000), vendor: 'meta' });
    log.record(call('/c', 3_000));
    expect(paths(log, { vendor: 'meta' })).toEqual(['/b']);
    expect(paths(log, { since: { index: 1 } })).toEqual(['/b', '/c']);
    expect(paths(log, { since: { at: 2_500 } })).toEqual(['/c']);
  });

  it('forgets everything without counting from zero again', () => {
    const log = new CallLog();
    log.record(call('/a'));
    log.clear();
    log.record(call('/b'));
    expect([...log.select({})].map(({ index, path }) => [index, path])).toEqual([[1, '/b']]);
  });

  it.each([
    ['application/json', '{"a":"ב"}', { a: 'ב' }],
    ['application/x-www-form-urlencoded', 'value=a%20b', { value: 'a b' }],
    ['text/plain', 'hello', 'hello'],
  ])('shows a body of %s', (contentType, text, body) => {
    const recorded = new CallLog().record({ ...call('/a'), contentType, raw: Buffer.from(text) });
    expect(showCall(recorded)).toMatchObject({ body, at: '1970-01-01T00:00:00.000Z', outcome: 'accepted' });
  });
});
