import 'server-only';
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

const callers = new AsyncLocalStorage<{ readonly forwarded: string | null }>();

/** Runs `work` for a request that did not come through Next, which would know its headers. */
export function runAsCaller<Value>(forwarded: string | null, work: () => Promise<Value>): Promise<Value> {
  return callers.run({ forwarded }, work);
}

/** The header of such a request; undefined where Next knows it. */
export function givenCaller(): { readonly forwarded: string | null } | undefined {
  return callers.getStore();
}

const HEADER = 'x-forwarded-for';
/** What is no address is counted as one caller: a proxy that writes something else there lets nobody evade a limit. */
const UNKNOWN = 'unknown';
const IPV6_GROUPS = 8;
/** A caller has a /64 of IPv6 at the least and can take any address in it. */
const IPV6_GROUPS_COUNTED = 4;

/**
 * Appends each connection's address to `x-forwarded-for`, as a proxy does. Next fills the header in only where a request brings none,
 * and shows the connection nowhere else: without this a caller would be whoever it says it is.
 */
export function appendConnectionAddresses(): void {
  subscribe('http.server.request.start', (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    headers[HEADER] = [headers[HEADER], socket.remoteAddress ?? UNKNOWN].flat().filter(Boolean).join(', ');
  });
}

/**
 * Whom a request is counted against: the entry that the outermost trusted proxy appended, an IPv6 address as its /64. What stands further
 * left was sent by the caller and may be anything; a list too short has passed fewer proxies, and its first entry is the caller's own.
 */
export function callerAddress(forwarded: string | null, trustedProxies: number): string {
  const entries = (forwarded ?? UNKNOWN).split(',').map((entry) => entry.trim().toLowerCase());
  const entry = entries.at(-1 - trustedProxies) ?? entries[0] ?? UNKNOWN;
  const address = /^::ffff:([\d.]+)$/.exec(entry)?.[1] ?? entry;
  if (isIPv4(address)) return address;
  return isIPv6(address) ? networkOf(address) : UNKNOWN;
}

function networkOf(address: string): string {
  // The URL parser writes one form of the many that an address has; it takes no zone.
  const written = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [left = [], right = []] = written.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: IPV6_GROUPS - left.length - right.length }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, IPV6_GROUPS_COUNTED).join(':')}::/64`;
}
