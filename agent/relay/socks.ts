import { isHost, type Target } from './target.ts';

/** What the first bytes of a message say: not enough yet, nothing that is allowed, or a value and how many bytes it took. */
export type Parsed<Value> =
  | { readonly state: 'more' }
  | { readonly state: 'bad'; readonly reply: number }
  | { readonly state: 'done'; readonly value: Value; readonly length: number };

export const VERSION = 0x05;
/** Username and password (RFC 1929). */
export const BY_PASSWORD = 0x02;
export const NO_METHOD = 0xff;
const LOGIN_VERSION = 0x01;

/** RFC 1928, section 6. */
export const REPLY = {
  succeeded: 0x00,
  failed: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  refused: 0x05,
  expired: 0x06,
  commandUnknown: 0x07,
  addressTypeUnknown: 0x08,
} as const;

const COMMAND = { connect: 0x01 } as const;
const ADDRESS = { ipv4: 0x01, name: 0x03, ipv6: 0x04 } as const;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

const more = { state: 'more' } as const;

function bad(reply: number): { readonly state: 'bad'; readonly reply: number } {
  return { state: 'bad', reply };
}

/** The methods that a client offers (RFC 1928, section 3). */
export function parseGreeting(bytes: Buffer): Parsed<readonly number[]> {
  const [version = VERSION, count] = bytes;
  if (version !== VERSION || count === 0) return bad(REPLY.failed);
  if (count === undefined || bytes.length < 2 + count) return more;
  return { state: 'done', value: [...bytes.subarray(2, 2 + count)], length: 2 + count };
}

/** RFC 1929, section 2. */
export function parseLogin(bytes: Buffer): Parsed<{ readonly user: string; readonly password: string }> {
  const [version = LOGIN_VERSION, userBytes] = bytes;
  if (version !== LOGIN_VERSION || userBytes === 0) return bad(REPLY.failed);
  if (userBytes === undefined) return more;
  const passwordBytes = bytes[2 + userBytes];
  if (passwordBytes === 0) return bad(REPLY.failed);
  if (passwordBytes === undefined || bytes.length < 3 + userBytes + passwordBytes) return more;
  const user = bytes.toString('latin1', 2, 2 + userBytes);
  const password = bytes.toString('latin1', 3 + userBytes, 3 + userBytes + passwordBytes);
  return { state: 'done', value: { user, password }, length: 3 + userBytes + passwordBytes };
}

export function loginAnswer(isIn: boolean): Buffer {
  return Buffer.from([LOGIN_VERSION, isIn ? 0x00 : 0x01]);
}

/** A request to be connected (RFC 1928, section 4); BIND and UDP ASSOCIATE are none that is carried out. */
export function parseRequest(bytes: Buffer): Parsed<Target> {
  const [version = VERSION, command = COMMAND.connect, reserved = 0, type] = bytes;
  // In the order of the bytes: what was refused of the first of them stays refused whatever follows.
  if (version !== VERSION) return bad(REPLY.failed);
  if (command !== COMMAND.connect) return bad(REPLY.commandUnknown);
  if (reserved !== 0) return bad(REPLY.failed);
  if (type === undefined) return more;
  if (type === ADDRESS.ipv4) return addressed(bytes, 4, IPV4_BYTES, ipv4Text);
  if (type === ADDRESS.ipv6) return addressed(bytes, 4, IPV6_BYTES, ipv6Text);
  if (type !== ADDRESS.name) return bad(REPLY.addressTypeUnknown);
  const nameBytes = bytes[4];
  if (nameBytes === 0) return bad(REPLY.failed);
  return nameBytes === undefined ? more : addressed(bytes, 5, nameBytes, (name) => name.toString('latin1'));
}

function addressed(bytes: Buffer, from: number, length: number, textOf: (part: Buffer) => string): Parsed<Target> {
  const end = from + length + 2;
  if (bytes.length < end) return more;
  const host = textOf(bytes.subarray(from, from + length));
  const port = bytes.readUInt16BE(from + length);
  if (port === 0 || !isHost(host)) return bad(REPLY.failed);
  return { state: 'done', value: { host, port }, length: end };
}

function ipv4Text(part: Buffer): string {
  return [...part].join('.');
}

function ipv6Text(part: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => part.readUInt16BE(index * 2).toString(16)).join(':');
}

/** The answer to a request. From where the relay connected is nobody's business: zeros, as many servers tell. */
export function requestAnswer(reply: number): Buffer {
  return Buffer.from([VERSION, reply, 0x00, ADDRESS.ipv4, 0, 0, 0, 0, 0, 0]);
}

/** A request, for whoever asks a relay: addresses go as names, which a relay reads as what they are. */
export function requestFor({ host, port }: Target): Buffer {
  const name = Buffer.from(host, 'latin1');
  const request = Buffer.alloc(7 + name.length);
  request.set([VERSION, COMMAND.connect, 0x00, ADDRESS.name, name.length]);
  request.set(name, 5);
  request.writeUInt16BE(port, 5 + name.length);
  return request;
}

export function loginFor({ user, password }: { readonly user: string; readonly password: string }): Buffer {
  const [name, secret] = [Buffer.from(user, 'latin1'), Buffer.from(password, 'latin1')];
  return Buffer.concat([Buffer.from([LOGIN_VERSION, name.length]), name, Buffer.from([secret.length]), secret]);
}
