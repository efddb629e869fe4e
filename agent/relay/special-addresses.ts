import { BlockList, isIP } from 'node:net';

/**
 * Addresses that are nobody's on the Internet, by IANA's registries of special-purpose addresses, with multicast and what is reserved: behind
 * them are this machine, its neighbours, or nobody at all. Whoever calls an address that a stranger names asks here first.
 */
const SPECIAL: readonly (readonly [net: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Shared by the customers of one carrier (RFC 6598).
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  // Of documents (RFC 5737).
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Unspecified, loopback, and IPv4 addresses in a form that nobody uses any more.
  ['::', 96],
  // Other ways to write an IPv4 address: by a translator (RFC 6052, RFC 8215), by a tunnel (RFC 3056, RFC 4380).
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2002::', 16],
  ['::ffff:0:0:0', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const special = new BlockList();
for (const [net, bits] of SPECIAL) special.addSubnet(net, bits, isIP(net) === 4 ? 'ipv4' : 'ipv6');

/** Whether an IP address is of this machine, a private network or none that a stranger may let us call; true of a text that is none. */
export function isSpecialAddress(address: string): boolean {
  const version = isIP(address);
  // The list checks an IPv4 address in the form of IPv6 as what it is.
  return version === 0 || special.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
