import { parseAuthority, type Target } from './target.ts';

/** Longest head of a request that is read. */
export const HEAD_BYTES_MAX = 8_192;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A request for a tunnel: where to, and who asks by the Basic scheme; null where nobody says so. */
export interface TunnelRequest {
  readonly target: Target;
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** How a request that is none for a tunnel is answered. */
export interface BadRequest {
  readonly state: 'bad';
  readonly status: number;
  readonly sentence: string;
}

export type ParsedHead =
  | { readonly state: 'more' }
  | BadRequest
  | { readonly state: 'done'; readonly value: TunnelRequest; readonly length: number };

/** The head of a CONNECT request (RFC 9110, section 9.3.6; RFC 9112, section 3.2.3). What is not written as the standard says is refused. */
export function parseConnect(bytes: Buffer): ParsedHead {
  const end = bytes.subarray(0, HEAD_BYTES_MAX).indexOf('\r\n\r\n');
  if (end < 0)
    return bytes.length < HEAD_BYTES_MAX
      ? { state: 'more' }
      : bad(431, `The head of a request has at most ${HEAD_BYTES_MAX} bytes.`);
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, method, where = ''] = /^([!-~]+) ([!-~]+) HTTP\/1\.[01]$/.exec(requestLine) ?? [];
  if (method === undefined) return bad(400, 'The first line is no request of HTTP/1.1.');
  if (method !== 'CONNECT')
    return bad(405, 'This relay answers CONNECT alone: programs and browsers send it for https addresses.');
  const target = parseAuthority(where);
  if (target === undefined)
    return bad(400, 'CONNECT names a host and a port, such as example.org:443, or an IPv6 address in brackets.');
  const headers = readHeaders(lines);
  if (headers === undefined) return bad(400, 'A header is not written as HTTP says.');
  if (headers.has('transfer-encoding') || Number(headers.get('content-length')?.[0] ?? 0) !== 0)
    return bad(400, 'CONNECT has no body.');
  const given = headers.get('proxy-authorization') ?? [];
  if (given.length > 1) return bad(400, 'Proxy-Authorization stands in the request more than once.');
  return { state: 'done', value: { target, login: readBasic(given[0]) }, length: end + 4 };
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, readonly string[]> | undefined {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    // A line that goes on from the one before, a bare CR or LF, and a NUL have let requests past many a proxy.
    if (!TOKEN.test(name) || /[\0\r\n]/.test(value)) return undefined;
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

/** RFC 7617; null for another scheme and for what is no name with a password. */
function readBasic(value: string | undefined): TunnelRequest['login'] {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value ?? '') ?? [];
  if (base64 === undefined) return null;
  const text = Buffer.from(base64, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function bad(status: number, sentence: string): BadRequest {
  return { state: 'bad', status, sentence };
}

export const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** An answer that opens no tunnel: its sentence is for people, and the connection ends with it. */
export function refusalText(status: number, sentence: string): string {
  const body = Buffer.from(`${sentence}\n`, 'utf8');
  const lines = [
    `HTTP/1.1 ${status} ${TITLES[status] ?? 'Refused'}`,
    ...(status === 407 ? ['Proxy-Authenticate: Basic realm="Interpool relay"'] : []),
    ...(status === 405 ? ['Allow: CONNECT'] : []),
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body.toString('utf8')}`;
}
