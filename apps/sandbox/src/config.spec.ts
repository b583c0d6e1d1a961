import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.js';

describe('parseConfig', () => {
  it('starts with nothing set', () => {
    expect(parseConfig({})).toMatchObject({ port: 3002, host: '127.0.0.1', receiptDelaysMs: [50, 150, 300] });
  });

  it('reads the delays of receipts, or turns receipts off', () => {
    expect(parseConfig({ SANDBOX_RECEIPT_DELAYS_MS: '1,2,3' }).receiptDelaysMs).toEqual([1, 2, 3]);
    expect(parseConfig({ SANDBOX_RECEIPT_DELAYS_MS: 'off' }).receiptDelaysMs).toBeUndefined();
  });

  it('lists all problems together', () => {
    expect(() => parseConfig({ PORT: 'x', SANDBOX_RECEIPT_DELAYS_MS: 'soon' })).toThrow(/PORT.*\n.*DELAYS/);
  });

  it('refuses to run in production', () => {
    expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow('never runs in production');
  });
});
