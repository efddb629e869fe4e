import { lookup } from 'node:dns/promises';
import { connect as connectTo, BlockList, isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Refusal } from './door.ts';
import { REPLY } from './socks.ts';
import { isSpecialAddress } from './special-addresses.ts';
import type { Target } from './target.ts';
import { WideReader } from './wide-reader.ts';

const CONNECT_MS_MAX = 10_000;
const LOOKUP_MS_MAX = 5_000;
/** Addresses of one name that are tried, one after the other. */
const ADDRESSES_MAX = 4;

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** How names are looked up and addresses are connected to; a test brings its own and sees what was asked of it. */
export interface Network {
  resolve(name: string): Promise<readonly string[]>;
  connect(place: Place, signal: AbortSignal): Promise<Socket>;
  /** Addresses of this machine itself. */
  own(): readonly string[];
}

/** What a relay connects to. */
export interface Rules {
  hasPort(port: number): boolean;
  /** What its provider lets customers reach although it is no address of the Internet. */
  isAllowed(place: Place): boolean;
  /** What its provider refuses beside what is refused in any case. */
  isRefused(address: string): boolean;
}

export type Dialled =
  | { readonly ok: true; readonly socket: Socket }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** The relay's own network failed, not the target and not the request. */
      readonly isOwnFailure: boolean;
    };

export const realNetwork: Network = {
  async resolve(name) {
    const found = await within(lookup(name, { all: true }), LOOKUP_MS_MAX);
    return found.map(({ address }) => address);
  },
  connect: ({ address, port }, signal) =>
    new Promise((resolve, reject) => {
      // What is connected to is the address that was checked: there is no name here to be looked up again.
      const reader = new WideReader();
      const socket = connectTo({
        host: address,
        port,
        family: isIP(address),
        allowHalfOpen: true,
        noDelay: true,
        onread: reader.options,
      });
      reader.attach(socket);
      // A target may speak first: nothing is read before somebody listens.
      socket.pause();
      const fail = (error: Error): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        socket.destroy();
        reject(error);
      };
      const giveUp = (): void => fail(faultOf('ABORT_ERR'));
      const timer = setTimeout(() => fail(faultOf('ETIMEDOUT')), CONNECT_MS_MAX);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) return giveUp();
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        socket.off('error', fail);
        resolve(socket);
      });
    }),
  own: () => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
};

/** Looks a name up once, checks every address that it has, and connects to one of these very addresses. */
export async function dial(
  { host, port }: Target,
  { rules, network, signal }: { readonly rules: Rules; readonly network: Network; readonly signal: AbortSignal },
): Promise<Dialled> {
  if (!rules.hasPort(port)) return refuse(403, REPLY.notAllowed, `This relay does not connect to port ${port}.`);
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await network.resolve(host) : [host];
  } catch (error) {
    return lookupFailed(codeOf(error));
  }
  const places = addresses.map((address) => ({ address, port }));
  if (places.length === 0) return lookupFailed('ENOTFOUND');
  // One such address among several is a way in as well.
  if (!places.every((place) => mayReach(place, rules, network)))
    return refuse(403, REPLY.notAllowed, 'This relay connects to addresses of the Internet alone, and this is none.');
  let last: unknown;
  for (const place of places.slice(0, ADDRESSES_MAX)) {
    try {
      return { ok: true, socket: await network.connect(place, signal) };
    } catch (error) {
      last = error;
      if (signal.aborted) break;
    }
  }
  return connectFailed(codeOf(last));
}

function mayReach(place: Place, rules: Rules, network: Network): boolean {
  if (rules.isAllowed(place)) return true;
  const { address } = place;
  return !isSpecialAddress(address) && !rules.isRefused(address) && !isOwn(address, network.own());
}

/** Services of this machine trust those who call from it: its public addresses lead to them as its loopback does. */
function isOwn(address: string, own: readonly string[]): boolean {
  const list = new BlockList();
  for (const known of own) if (isIP(known) !== 0) list.addAddress(known, familyOf(known));
  return list.check(address, familyOf(address));
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

const OWN_CODES = new Set([
  'ENETUNREACH',
  'ENETDOWN',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

function connectFailed(code: string): Dialled {
  if (OWN_CODES.has(code))
    return refuse(502, REPLY.networkUnreachable, 'This relay’s own network does not reach the target.', true);
  if (code === 'ECONNREFUSED') return refuse(502, REPLY.refused, 'The target refused the connection.');
  if (code === 'ETIMEDOUT') return refuse(504, REPLY.expired, 'The target did not answer in time.');
  return refuse(502, REPLY.hostUnreachable, 'The target cannot be reached.');
}

function lookupFailed(code: string): Dialled {
  if (code === 'ENOTFOUND' || code === 'ENODATA')
    return refuse(502, REPLY.hostUnreachable, 'The target’s name is not known.');
  return refuse(502, REPLY.failed, 'This relay could not look the target’s name up.', true);
}

function refuse(status: number, reply: number, sentence: string, isOwnFailure = false): Dialled {
  return { ok: false, refusal: { status, reply, sentence }, isOwnFailure };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function faultOf(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function within<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(faultOf('ETIMEDOUT')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
