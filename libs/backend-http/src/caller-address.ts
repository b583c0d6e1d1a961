import { isIPv6 } from 'node:net';

/** One for both families shows IPv4 within IPv6. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * What counts as one address: whoever is given IPv6 is given at least a /64 of it, 2^64 addresses to take turns with.
 */
export function addressGroup(address: string | undefined): string {
  // A socket that is gone has none; its request will not be answered.
  if (address === undefined) return 'none';
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain.slice(0, 45);
  const [before = '', after] = plain.replace(/%.*$/, '').split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = after === undefined ? first : [...first, ...zeros, ...last];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
  return `${network.join(':')}::/64`;
}
