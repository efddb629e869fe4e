import type { AccessDescriptor } from '#ledger/core/descriptor.ts';
import type { QuantityDto } from '#lib/shared/dto.ts';

/** The provider's gateway as the customer's browser meets it: always with the token in a header, never in an address. */

/** Longer answers of a gateway than this are no refusal: what a failed program wrote to its error stream has room in it. */
const PROBLEM_LENGTH_MAX = 500_000;
const WAIT_MS = 20_000;
const DOWNLOAD_WAIT_MS = 10 * 60_000;
/** The ledger tells the customer's page of a delivery as soon as the agent, which may hear of it a moment later. */
const OPENING_WAIT_MS = 45_000;
const OPENING_AGAIN_MS = 1_000;

export interface GatewayLink {
  /** Whole address of what the order is for. */
  url: string;
  token: string;
}

/** The link of an opened descriptor: the gateway's public origin and the sealed path. Undefined when the origin is none. */
export function linkOf(gateway: string, descriptor: AccessDescriptor): GatewayLink | undefined {
  if (!URL.canParse(gateway)) return undefined;
  const { origin, protocol } = new URL(gateway);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  // It is pasted into shells, where a quote in a host would end the address and begin a command.
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(origin)) return undefined;
  return { url: `${origin}${descriptor.path}`, token: descriptor.token };
}

export type GatewayAnswer<Value> =
  | { kind: 'served'; status: number; value: Value }
  | { kind: 'refused'; status: number; sentence: string; problem?: Problem }
  | { kind: 'unreachable'; sentence: string };

/** What a refusal says beside its sentence, by name. */
export type Problem = Readonly<Record<string, unknown>>;

interface Refusal {
  kind: 'refused';
  status: number;
  sentence: string;
  problem?: Problem;
  /** Whether the agent has not heard yet that the order's window is open. */
  isOpening: boolean;
}

async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  try {
    const text = (await response.text()).slice(0, PROBLEM_LENGTH_MAX);
    const problem = JSON.parse(text) as Problem & { detail?: string; title?: string; reason?: string };
    const sentence = problem.detail ?? problem.title ?? `The gateway answered ${status}.`;
    return { kind: 'refused', status, sentence, problem, isOpening: problem.reason === 'not-yet-open' };
  } catch {
    const sentence = `The gateway answered ${status} and gave no reason.`;
    return { kind: 'refused', status, sentence, isOpening: false };
  }
}

/** What is asked of a gateway, and how long it is waited for. */
interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent without a content type: a browser would ask the gateway whether it may name one. */
  readonly body?: Blob | null;
  readonly waitMs: number;
}

/** One call of the gateway; one that comes before the agent has heard of its own delivery is made again until it has. */
async function call<Value>(
  link: GatewayLink,
  url: string,
  ask: Ask,
  read: (response: Response) => Promise<Value>,
): Promise<GatewayAnswer<Value>> {
  const lastMs = performance.now() + OPENING_WAIT_MS;
  for (;;) {
    const answer = await callOnce(link, url, ask, read);
    if (answer.kind !== 'refused' || !answer.isOpening || performance.now() >= lastMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, OPENING_AGAIN_MS));
  }
}

async function callOnce<Value>(
  link: GatewayLink,
  url: string,
  { method = 'GET', body = null, waitMs }: Ask,
  read: (response: Response) => Promise<Value>,
): Promise<Exclude<GatewayAnswer<Value>, { kind: 'refused' }> | Refusal> {
  try {
    const response = await fetch(url, {
      method,
      body,
      headers: { Authorization: `Bearer ${link.token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(waitMs),
    });
    if (!response.ok) return await refusalOf(response);
    return { kind: 'served', status: response.status, value: await read(response) };
  } catch {
    return {
      kind: 'unreachable',
      sentence:
        'The provider’s gateway did not answer, or the answer was cut off. Time in which it does not serve is not charged.',
    };
  }
}

/** What the gateway says of an order of which nothing is left of some meter: `bytesLeft` is 0. */
async function spentInWords(response: Response): Promise<string | undefined> {
  const state = (await response.json()) as Readonly<Record<string, unknown>>;
  const spent = Object.keys(state).find((name) => name.endsWith('Left') && state[name] === 0);
  if (spent === undefined) return undefined;
  return `The answer was cut off where the order’s allowance of ${spent.replace(/Left$/, '')} ended. What had come until then is counted and charged; the order ends with it.`;
}

/** The whole answer of the link as a file. One that was cut off gets the reason from the gateway, where it still says one. */
export async function download(link: GatewayLink): Promise<GatewayAnswer<Blob>> {
  const answer = await call(link, link.url, { waitMs: DOWNLOAD_WAIT_MS }, (response) => response.blob());
  const stateUrl = answer.kind === 'unreachable' ? stateUrlOf(link) : undefined;
  if (stateUrl === undefined) return answer;
  const state = await call(link, stateUrl, { waitMs: WAIT_MS }, spentInWords);
  if (state.kind === 'refused') return { ...state, sentence: `The answer was cut off. ${state.sentence}` };
  return state.kind === 'served' && state.value !== undefined
    ? { kind: 'refused', status: 403, sentence: state.value }
    : answer;
}

/** Makes the smallest call that the link's kind has: does it open at this moment? */
export function tryLink(link: GatewayLink, probeUrl: string): Promise<GatewayAnswer<Blob>> {
  return call(link, probeUrl, { waitMs: WAIT_MS }, (response) => response.blob());
}

/** A call of an order's service: `path` stands behind the link. The answer is handed over once, and what it says is read whole. */
export function askGateway<Value>(
  link: GatewayLink,
  { path, ...ask }: Ask & { readonly path: string },
  read: (response: Response) => Promise<Value>,
): Promise<GatewayAnswer<Value>> {
  return call(link, `${link.url}${path}`, ask, read);
}

/** Everything about one order stands below this path at a gateway. */
const ORDER_PATH = /^\/v1\/agreements\/[1-9]\d{0,14}(?=\/|$)/;

/** Where a gateway says how an order stands; undefined for a link that is not of an order. */
export function stateUrlOf(link: GatewayLink): string | undefined {
  const { origin, pathname } = new URL(link.url);
  const path = ORDER_PATH.exec(pathname)?.[0];
  return path === undefined ? undefined : `${origin}${path}`;
}

/** What the gateway's own meter has of these meters, as it counts them now; asking is not counted. */
export async function readUsage(
  link: GatewayLink,
  meters: readonly string[],
): Promise<GatewayAnswer<readonly QuantityDto[]>> {
  const url = stateUrlOf(link);
  if (url === undefined) return { kind: 'unreachable', sentence: 'This link is not of an order.' };
  return call(link, url, { waitMs: WAIT_MS }, async (response) => {
    const state = (await response.json()) as Readonly<Record<string, unknown>>;
    return meters.flatMap((meter) => {
      const amount = Object.hasOwn(state, meter) ? Number(state[meter]) : Number.NaN;
      return Number.isSafeInteger(amount) && amount >= 0 ? [{ meter, amount }] : [];
    });
  });
}

/** A word that the gateway says of an order, by its name: where it keeps what is stored. */
export async function readWord(link: GatewayLink, name: string): Promise<GatewayAnswer<string>> {
  const url = stateUrlOf(link);
  if (url === undefined) return { kind: 'unreachable', sentence: 'This link is not of an order.' };
  return call(link, url, { waitMs: WAIT_MS }, async (response) => {
    const state = (await response.json()) as Readonly<Record<string, unknown>>;
    return Object.hasOwn(state, name) && typeof state[name] === 'string' ? state[name] : '';
  });
}

/** Where a copied command is pasted; each shell has its own quotes, and its own word for “only if that went well”. */
export const SHELLS = ['Linux and macOS', 'Windows cmd', 'PowerShell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A command line that downloads to a file. What an earlier run fetched is never lost: the answer goes to a name of its own, and takes the
 * file's name only when the whole of it came. A refusal is printed.
 */
export function asCurl(link: GatewayLink, fileName: string, shell: Shell = 'Linux and macOS'): string {
  const part = `${fileName}.part`;
  const refused = 'Nothing was replaced. The gateway said:';
  switch (shell) {
    case 'Linux and macOS':
      return `curl --fail-with-body -sS -H 'Authorization: Bearer ${link.token}' '${link.url}' -o ${part} && mv -f ${part} ${fileName} || { echo '${refused}'; cat ${part}; rm -f ${part}; }`;
    case 'Windows cmd':
      return `curl.exe --fail-with-body -sS -H "Authorization: Bearer ${link.token}" "${link.url}" -o ${part} && move /Y ${part} ${fileName} || (echo ${refused} & type ${part} & del ${part})`;
    case 'PowerShell':
      return `curl.exe --fail-with-body -sS -H 'Authorization: Bearer ${link.token}' '${link.url}' -o ${part}; if ($LASTEXITCODE -eq 0) { Move-Item -Force ${part} ${fileName} } else { echo '${refused}'; Get-Content ${part}; Remove-Item ${part} }`;
  }
}

/** The same with Python's standard library alone. */
export function asPython(link: GatewayLink, fileName: string): string {
  return [
    'import os, urllib.request',
    '',
    `request = urllib.request.Request('${link.url}', headers={'Authorization': 'Bearer ${link.token}'})`,
    `with urllib.request.urlopen(request) as answer, open('${fileName}.part', 'wb') as file:`,
    '    file.write(answer.read())',
    `os.replace('${fileName}.part', '${fileName}')`,
  ].join('\n');
}
