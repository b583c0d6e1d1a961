import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { isFromThisMachine } from './own-machine.js';

const from = (remoteAddress: string, headers: Record<string, string>) =>
  isFromThisMachine({ headers, socket: { remoteAddress } as IncomingMessage['socket'] });

describe('what is open to the machine itself', () => {
  it.each(['localhost', 'localhost:3000', 'visapi.localhost:3000', '127.0.0.1:3000', '[::1]:3000'])(
    'is open to who calls it %s from there',
    (host) => {
      expect(from('127.0.0.1', { host })).toBe(true);
      expect(from('::1', { host })).toBe(true);
      expect(from('::ffff:127.0.0.1', { host })).toBe(true);
    },
  );

  it('is closed to everybody else', () => {
    expect(from('203.0.113.7', { host: 'localhost:3000' })).toBe(false);
  });

  it.each([
    ['x-forwarded-for', '203.0.113.7'],
    ['x-forwarded-for', ''],
    ['x-forwarded-host', 'api.example'],
    ['x-real-ip', '203.0.113.7'],
    ['forwarded', 'for=203.0.113.7'],
    ['via', '1.1 proxy'],
  ])('is closed to who comes through a proxy there that adds %s', (name, value) => {
    expect(from('127.0.0.1', { host: 'localhost:3000', [name]: value })).toBe(false);
  });

  it.each(['api.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', ''])(
    'is closed to a proxy that adds nothing, and to a page that had its own name lead here: %s',
    (host) => {
      expect(from('127.0.0.1', { host })).toBe(false);
    },
  );

  it('is closed to who says no name at all', () => {
    expect(from('127.0.0.1', {})).toBe(false);
  });
});
