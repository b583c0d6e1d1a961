import { describe, expect, it } from '@jest/globals';
import { readableLine } from './event-line.ts';

const line = (fields: Record<string, unknown>) =>
  readableLine('worker', JSON.stringify({ level: 30, time: Date.UTC(2026, 0, 5, 9), msg: 'job', ...fields }));

describe('what the terminal shows of a log', () => {
  it('makes one readable line of an order event', () => {
    const text = line({
      event: 'message.skipped',
      orderId: 'IL260105IN10',
      outcome: 'skipped',
      reason: 'no-consent',
    });
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}IL260105IN10 +message\.skipped +skipped, no-consent$/);
  });

  it('marks an event that somebody should look at', () => {
    expect(line({ level: 50, event: 'message.uncertain', orderId: 'IL260105IN10' })).toMatch(/\(!\)$/);
  });

  it('shows warnings and errors with their process and cause', () => {
    expect(line({ level: 40, msg: 'queue is slow' })).toMatch(/warn {2}worker: queue is slow$/);
    expect(line({ level: 'error', msg: 'failed', error: 'no route' })).toMatch(
      /ERROR {2}worker: failed: no route$/,
    );
  });

  it('leaves everything else to the log file', () => {
    expect(line({ msg: 'listening' })).toBeUndefined();
    expect(line({ event: 'process.started' })).toBeUndefined();
    expect(readableLine('redis', 'Ready to accept connections')).toBeUndefined();
    expect(readableLine('worker', '{ not json')).toBeUndefined();
  });
});
