import { describe, expect, it } from '@jest/globals';
import { AllowedNetworks, parseNetwork } from './network.js';

describe('a network', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '10.1.2.3/8', '0.0.0.0/0', '2001:db8::/32', '::1', '::1/128'])(
    'is an address or CIDR: %s',
    (text) => {
      expect(parseNetwork(text)).toBeDefined();
    },
  );

  it.each([
    '',
    '/8',
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/-1',
    '203.0.113.0/1e1',
    '203.0.113.0/24/24',
    '203.0.113',
    '2001:db8::/129',
    'fe80::1%eth0',
    'example.org',
    ' 203.0.113.7',
  ])('is nothing else: %j', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});

describe('allowed networks', () => {
  const networks = new AllowedNetworks(['203.0.113.0/24', '2001:db8::/32', '198.51.100.1']);

  it.each(['203.0.113.7', '::ffff:203.0.113.7', '2001:db8:9::1', '198.51.100.1'])('hold %s', (address) => {
    expect(networks.hold(address)).toBe(true);
  });

  it.each(['203.0.114.7', '::ffff:203.0.114.7', '2001:db9::1', '198.51.100.2', '', 'unknown', undefined])(
    'do not hold %s',
    (address) => {
      expect(networks.hold(address)).toBe(false);
    },
  );
});
