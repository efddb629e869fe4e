import { createHash, randomBytes } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { addressOf } from '#ledger/core/address.ts';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';

/** What nodes of benchmarks and journeys send to a portal: signed natively, over connections that are kept. */

const CONNECTIONS_MAX = 64;
const HEARTBEAT_PATH = '/api/v1/agents/heartbeat';

export interface SendingNode {
  readonly secretKey: Uint8Array;
  /** 40 hex digits. */
  readonly address: string;
}

/** Where calls go, and for which network they are signed: its genesis hash in hex. */
export interface Destination {
  readonly port: number;
  readonly network: string;
  readonly agent: Agent;
  /** Height that the portal named last: what nodes then say that they have verified. */
  readonly told?: { height: number };
}

export function newNode(): SendingNode {
  const secretKey = new Uint8Array(randomBytes(32));
  const digest = nativeCrypto.sha256(secretKey);
  const publicKey = nativeCrypto.recover(digest, nativeCrypto.signRecoverable(digest, secretKey));
  if (publicKey === undefined) throw new Error('A key was made that signs nothing.');
  return { secretKey, address: toHex(addressOf(publicKey, nativeCrypto)) };
}

/** How a node is, other figures for each. */
function heartbeatOf(index: number, height: number): string {
  const sample = {
    height,
    version: '0.1.0',
    cpuPermille: 20 + (index % 7),
    memoryMib: 300,
    memoryMaxMib: 24_000,
    diskFreeMib: 70_000,
    loopDelayMs: 1.5,
    clockOffsetMs: -3,
    orders: index % 4,
    refusals: { ended: index % 3 },
    roundTripMs: 8.5,
    lossPermille: 0,
    peers: [{ address: '01'.repeat(20), roundTripMs: 3.5, lossPermille: 0 }],
  };
  return JSON.stringify({ atMs: 1, sources: [], load: { cpu: 0.1, memoryBytes: 3e8, openLinks: 1 }, sample });
}

function authorization(
  { secretKey, address }: SendingNode,
  of: { path: string; body: string; network: string },
): string {
  const [ts, nonce] = [Date.now(), randomBytes(16).toString('hex')];
  const hash = createHash('sha256').update(of.body).digest('hex');
  const text = `interpool/agent-request/v1\nPOST\n${of.path}\n${hash}\n${ts}\n${nonce}\n${of.network}`;
  const signature = toHex(nativeCrypto.signRecoverable(nativeCrypto.sha256(utf8(text)), secretKey));
  return `Interpool-Agent address=0x${address},ts=${ts},nonce=${nonce},signature=${signature}`;
}

/**
 * Connections in turn: one that nobody used for five seconds is closed by the portal, perhaps at the moment that it is used again. `localAddress`: the
 * address of this machine that they come from, by which a portal counts its callers.
 */
export function newConnections(localAddress?: string): Agent {
  const from = localAddress === undefined ? {} : { localAddress };
  return new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, scheduling: 'fifo', ...from });
}

/** One call, signed where it is a node's; its status and the body of the answer. */
export async function post(
  path: string,
  body: string,
  { port, network, agent, node }: Destination & { readonly node?: SendingNode },
): Promise<{ status: number; text: string }> {
  const headers = {
    'content-type': 'application/json',
    ...(node === undefined ? {} : { authorization: authorization(node, { path, body, network }) }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent }, resolve).on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

/** A node's heartbeat: milliseconds from sending to the whole answer. Throws when it was not taken. */
export async function sendHeartbeat(node: SendingNode, index: number, to: Destination): Promise<number> {
  const startedMs = performance.now();
  const { status, text } = await post(HEARTBEAT_PATH, heartbeatOf(index, to.told?.height ?? 1), { ...to, node });
  if (status !== 200) throw new Error(`A heartbeat was answered ${status}.`);
  const tookMs = performance.now() - startedMs;
  if (to.told !== undefined) to.told.height = Number(/"height":(\d+)/.exec(text)?.[1] ?? to.told.height);
  return tookMs;
}
