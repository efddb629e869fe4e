import { createHash, randomBytes } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';

/**
 * The nodes of the monitor's bench, in a process of their own: what signing and sending cost is theirs, and what waits in them is not
 * taken for the portal's time.
 */

const CONNECTIONS_MAX = 64;
const PATH = '/api/v1/agents/heartbeat';

export interface SendingNode {
  readonly secretKey: Uint8Array;
  /** 40 hex digits. */
  readonly address: string;
}

export interface Round {
  readonly nodes: readonly SendingNode[];
  readonly everyMs: number;
  readonly port: number;
  readonly network: string;
}

export interface RoundDone {
  /** From sending to the whole answer, milliseconds each. */
  readonly times: readonly number[];
  /** What this process used of the processor for it, milliseconds. */
  readonly processorMs: number;
}

function bodyOf(index: number): string {
  const sample = {
    height: 5,
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

function authorization({ secretKey, address }: SendingNode, body: string, network: string): string {
  const [ts, nonce] = [Date.now(), randomBytes(16).toString('hex')];
  const hash = createHash('sha256').update(body).digest('hex');
  const text = `interpool/agent-request/v1\nPOST\n${PATH}\n${hash}\n${ts}\n${nonce}\n${network}`;
  const signature = toHex(nativeCrypto.signRecoverable(nativeCrypto.sha256(utf8(text)), secretKey));
  return `Interpool-Agent address=0x${address},ts=${ts},nonce=${nonce},signature=${signature}`;
}

/** Connections in turn: one that nobody used for five seconds is closed by the portal, perhaps at the moment that it is used again. */
const newConnections = (): Agent => new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, scheduling: 'fifo' });

interface Sending {
  readonly port: number;
  readonly network: string;
  readonly agent: Agent;
}

async function send(node: SendingNode, body: string, { port, network, agent }: Sending): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: authorization(node, body, network) };
  const startedMs = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: PATH, method: 'POST', headers, agent }, resolve)
      .on('error', reject)
      .end(body);
  });
  response.resume();
  await new Promise((resolve) => response.once('end', resolve));
  if (response.statusCode !== 200) throw new Error(`A heartbeat was answered ${response.statusCode}.`);
  return performance.now() - startedMs;
}

/** Every node once, at its own moment, whether the portal keeps up or not. */
async function sendRound(round: Round): Promise<RoundDone> {
  const { nodes, everyMs } = round;
  const agent = newConnections();
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const sent: Promise<number>[] = [];
  for (const [index, node] of nodes.entries()) {
    const waitMs = startedMs + (index * everyMs) / nodes.length - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sent.push(send(node, bodyOf(index), { ...round, agent }));
  }
  const times = await Promise.all(sent);
  const { user, system } = process.cpuUsage(before);
  agent.destroy();
  return { times, processorMs: (user + system) / 1_000 };
}

process.on('message', (round: Round) => {
  sendRound(round).then(
    (done) => process.send?.({ done }),
    (error: Error) => process.send?.({ fault: error.message }),
  );
});
