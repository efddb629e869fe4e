import 'server-only';
import { getAddress } from 'viem';

/**
 * A sign-in message by the grammar of EIP-4361, read from its first character to its last. viem's own reader looks for the fields
 * wherever they stand in the text, which is enough to show a message but not to believe it; and it knows no domain with a user or an
 * IPv6 address. Times are kept as they were written.
 */
export interface SignInMessage {
  /** What was signed. */
  text: string;
  scheme: string | undefined;
  domain: string;
  /** With the checksum of EIP-55. */
  address: string;
  statement: string | undefined;
  uri: string;
  version: '1';
  chainId: number;
  nonce: string;
  issuedAt: string;
  expirationTime: string | undefined;
  notBefore: string | undefined;
  requestId: string | undefined;
  resources: string[] | undefined;
}

const MESSAGE_LENGTH_MAX = 4_096;

// The names are those of the grammar in EIP-4361, RFC 3986 (A) and RFC 3339 (5.6).
const UNRESERVED = String.raw`A-Za-z0-9\-._~`;
const SUB_DELIMS = String.raw`!$&'()*+,;=`;
const PERCENT = '%[0-9A-Fa-f]{2}';
const SCHEME = String.raw`[A-Za-z][A-Za-z0-9+\-.]*`;
const USER_INFO = `(?:[${UNRESERVED}${SUB_DELIMS}:]|${PERCENT})*`;
const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|(?:[${UNRESERVED}${SUB_DELIMS}]|${PERCENT})+)`;
const AUTHORITY = `(?:${USER_INFO}@)?${HOST}(?::[0-9]{0,5})?`;
const URI = String.raw`${SCHEME}:(?:[${UNRESERVED}${SUB_DELIMS}:/?#\[\]@]|${PERCENT})*`;
const STATEMENT = String.raw`[${UNRESERVED}${SUB_DELIMS}:/?#\[\]@ ]+`;
const REQUEST_ID = `(?:[${UNRESERVED}${SUB_DELIMS}:@]|${PERCENT})*`;
const DATE_TIME = String.raw`\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+\-](?:[01]\d|2[0-3]):[0-5]\d)`;

const MESSAGE = new RegExp(
  [
    `^(?:(?<scheme>${SCHEME})://)?(?<domain>${AUTHORITY}) wants you to sign in with your Ethereum account:`,
    `(?<address>0x[0-9A-Fa-f]{40})`,
    ``,
    `(?:(?<statement>${STATEMENT})\n)?`,
    `URI: (?<uri>${URI})`,
    `Version: (?<version>1)`,
    `Chain ID: (?<chainId>[0-9]{1,15})`,
    `Nonce: (?<nonce>[A-Za-z0-9]{8,})`,
    `Issued At: (?<issuedAt>${DATE_TIME})` +
      `(?:\nExpiration Time: (?<expirationTime>${DATE_TIME}))?` +
      `(?:\nNot Before: (?<notBefore>${DATE_TIME}))?` +
      `(?:\nRequest ID: (?<requestId>${REQUEST_ID}))?` +
      `(?:\nResources:(?<resources>(?:\n- ${URI})*))?$`,
  ].join('\n'),
);

/** True for a day that the calendar has: `Date.parse` takes 31 February for 3 March. */
function isDay(time: string): boolean {
  const [year, month, day] = time.slice(0, 10).split('-').map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Undefined for anything that is no message. */
export function parseMessage(text: string): SignInMessage | undefined {
  if (text.length > MESSAGE_LENGTH_MAX) return undefined;
  // Every group of the pattern is either of these two.
  const fields = MESSAGE.exec(text)?.groups as
    | (Record<'domain' | 'address' | 'uri' | 'chainId' | 'nonce' | 'issuedAt', string> &
        Partial<Record<'scheme' | 'statement' | 'expirationTime' | 'notBefore' | 'requestId' | 'resources', string>>)
    | undefined;
  if (fields === undefined || getAddress(fields.address) !== fields.address) return undefined;
  const { scheme, domain, address, statement, uri, nonce, issuedAt, expirationTime, notBefore, requestId } = fields;
  const times = [issuedAt, expirationTime, notBefore].filter((time) => time !== undefined);
  if (!times.every(isDay)) return undefined;
  return {
    text,
    scheme,
    domain,
    address,
    statement,
    uri,
    version: '1',
    chainId: Number(fields.chainId),
    nonce,
    issuedAt,
    expirationTime,
    notBefore,
    requestId,
    resources: fields.resources?.split('\n- ').slice(1),
  };
}
