import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

const widths = { ipv4: 32, ipv6: 128 } as const;

/** An address, or a network in CIDR notation; undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', size, ...more] = text.split('/');
  // A zone (fe80::1%eth0) means something on one machine only.
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return undefined;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (size === undefined) return { address, bits: widths[family], family };
  const bits = Number(size);
  return /^\d{1,3}$/.test(size) && bits <= widths[family] ? { address, bits, family } : undefined;
}

/** Addresses that belong to any of the networks. */
export class AllowedNetworks {
  private readonly list = new BlockList();

  constructor(private readonly texts: readonly string[]) {
    for (const { address, bits, family } of texts.flatMap((text) => parseNetwork(text) ?? []))
      this.list.addSubnet(address, bits, family);
  }

  /** IPv4 within IPv6 (::ffff:203.0.113.7) is IPv4 here. A socket that is gone has no address. */
  hold(address: string | undefined): boolean {
    if (address === undefined || isIP(address) === 0) return false;
    return this.list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** Whether the whole network lies within one of these. */
  contain(text: string): boolean {
    const inner = parseNetwork(text);
    return this.texts.some((each) => {
      const outer = parseNetwork(each);
      if (!inner || outer?.family !== inner.family || outer.bits > inner.bits) return false;
      return new AllowedNetworks([each]).hold(inner.address);
    });
  }
}
