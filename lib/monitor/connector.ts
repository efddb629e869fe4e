import 'server-only';
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isSpecialAddress } from '#agent/relay/special-addresses.ts';

/** What came back, or why nothing did. */
export type Called =
  | { readonly ok: true; readonly status: number; readonly body: string; readonly roundTripMs: number }
  | { readonly ok: false; readonly sentence: string; readonly isRefusedHere?: true };

export interface Call {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

/** Every address that the monitor calls goes through one; tests hand in their own. */
export type Connector = (call: Call) => Promise<Called>;

const PRIVATE = 'The address lies on this machine or in a private network, which the operator has not allowed.';

/** The address to connect to, looked up once: a name that is looked up again could say something else. */
async function addressOf(
  hostname: string,
  mayReachPrivate: boolean,
): Promise<{ address: string; family: number } | undefined> {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(bare) === 0 ? await lookup(bare, { all: true }) : [{ address: bare, family: isIP(bare) }];
  // One private address among several is a way in as well.
  if (!mayReachPrivate && found.some(({ address }) => isSpecialAddress(address))) return undefined;
  return found[0];
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'Nothing listens there.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Its name is not known.';
  if (code === 'ECONNRESET') return 'The connection was cut.';
  return code === '' ? 'The call failed.' : `The call failed (${code}).`;
}

function send(call: Call, target: { address: string; family: number }): Promise<Called> {
  const url = new URL(call.url);
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const { address, family } = target;
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: call.method,
      headers: { 'user-agent': 'interpool-monitor', connection: 'close', ...call.headers },
      // Connects to what was checked, and to nothing that a second look-up would say; the certificate is still the name's.
      lookup: (_name, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
      agent: false,
      signal: AbortSignal.timeout(call.timeoutMs),
    });
    const fail = (error: unknown): void => {
      const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
      resolve({ ok: false, sentence: isLate ? `No answer in ${call.timeoutMs / 1_000} s.` : reasonOf(error) });
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= call.bytesMax) chunks.push(chunk);
        else response.destroy(new Error('too long'));
      });
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ ok: true, status: response.statusCode ?? 0, body, roundTripMs: performance.now() - startedMs });
      });
    });
    request.end(call.body);
  });
}

/** Calls over HTTP; redirects are not followed, because what they point to was not checked. */
export function createConnector({ mayReachPrivate }: { mayReachPrivate: boolean }): Connector {
  return async (call) => {
    try {
      const target = await addressOf(new URL(call.url).hostname, mayReachPrivate);
      return target === undefined ? { ok: false, sentence: PRIVATE, isRefusedHere: true } : await send(call, target);
    } catch (error) {
      return { ok: false, sentence: reasonOf(error) };
    }
  };
}
