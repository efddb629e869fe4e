import type { AccessDescriptor } from '#ledger/core/descriptor.ts';

/** The provider's gateway as the customer's browser meets it: always with the token in a header, never in an address. */

/** Longer answers of a gateway than this are not JSON that we asked for. */
const PROBLEM_LENGTH_MAX = 10_000;
const WAIT_MS = 20_000;
const DOWNLOAD_WAIT_MS = 10 * 60_000;

export interface Link {
  /** Whole address of the rows. */
  url: string;
  token: string;
}

/** The link of an opened descriptor: the gateway's public origin and the sealed path. Undefined when the origin is none. */
export function linkOf(gateway: string, descriptor: AccessDescriptor): Link | undefined {
  if (!URL.canParse(gateway)) return undefined;
  const { origin, protocol } = new URL(gateway);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  // It is pasted into shells, where a quote in a host would end the address and begin a command.
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(origin)) return undefined;
  return { url: `${origin}${descriptor.path}`, token: descriptor.token };
}

/** What the gateway counted so far. */
export interface GatewayUsage {
  calls: number;
  callsLeft: number;
  rows: number;
  bytes: number;
  bytesLeft: number;
}

export type GatewayAnswer<Value> =
  | { kind: 'served'; status: number; value: Value }
  | { kind: 'refused'; status: number; sentence: string }
  | { kind: 'unreachable'; sentence: string };

async function problemSentence(response: Response): Promise<string> {
  try {
    const text = (await response.text()).slice(0, PROBLEM_LENGTH_MAX);
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `The gateway answered ${response.status}.`;
  } catch {
    return `The gateway answered ${response.status} and gave no reason.`;
  }
}

async function call<Value>(
  link: Link,
  url: string,
  waitMs: number,
  read: (response: Response) => Promise<Value>,
): Promise<GatewayAnswer<Value>> {
  try {
    const response = await fetch(url, {
      headers: { Authorization: `Bearer ${link.token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(waitMs),
    });
    if (!response.ok) return { kind: 'refused', status: response.status, sentence: await problemSentence(response) };
    return { kind: 'served', status: response.status, value: await read(response) };
  } catch {
    return {
      kind: 'unreachable',
      sentence:
        'The provider’s gateway did not answer, or the answer was cut off. Time in which it does not serve is not charged.',
    };
  }
}

/** The whole answer of the link as a file. */
export function download(link: Link): Promise<GatewayAnswer<Blob>> {
  return call(link, link.url, DOWNLOAD_WAIT_MS, (response) => response.blob());
}

/** Asks the link for a single row: does it open at this moment? */
export function tryLink(link: Link): Promise<GatewayAnswer<Blob>> {
  return call(link, `${link.url}?limit=1`, WAIT_MS, (response) => response.blob());
}

/** Calls and bytes as the gateway's own meter has them; asking is not counted. */
export function readUsage(link: Link): Promise<GatewayAnswer<GatewayUsage>> {
  return call(link, link.url.replace(/\/rows$/, ''), WAIT_MS, async (response) => {
    const { calls, callsLeft, rows, bytes, bytesLeft } = (await response.json()) as GatewayUsage;
    return {
      calls: Number(calls),
      callsLeft: Number(callsLeft),
      rows: Number(rows),
      bytes: Number(bytes),
      bytesLeft: Number(bytesLeft),
    };
  });
}

/** A command line that downloads to a file. */
export function asCurl(link: Link, fileName: string): string {
  return `curl --fail-with-body -H 'Authorization: Bearer ${link.token}' '${link.url}' -o ${fileName}`;
}

/** The same with Python's standard library alone. */
export function asPython(link: Link, fileName: string): string {
  return [
    'import urllib.request',
    '',
    `request = urllib.request.Request('${link.url}', headers={'Authorization': 'Bearer ${link.token}'})`,
    `with urllib.request.urlopen(request) as answer, open('${fileName}', 'wb') as file:`,
    '    file.write(answer.read())',
  ].join('\n');
}
