import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadAnchor } from '#agent/anchor.ts';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { possessionDigest } from '#ledger/contracts/account/key-possession.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { compileMethod, encodeTransaction, signTransaction } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { newConnections, newNode, post, sendHeartbeat, type Destination, type SendingNode } from './node-calls.ts';

/**
 * Many service nodes of a running network, by its public API alone: owners create accounts, each allows the keys of its nodes, each key proved by
 * itself, and each node registers with the portal and on the ledger by a transaction of its own. Then they send heartbeats, until the program is
 * stopped; the last ones fall silent, and answer nobody, when a line arrives on its standard input.
 */

/** An account has 64 keys at most; each owner's calls come from a network address of its own, as those of another operator would. */
const NODES_AN_OWNER = 50;
/** Transactions of one owner that are under way at a time. */
const ABREAST = 4;
const WAIT_MS = 20_000;
const TRIES_MAX = 60;
const PAUSE_MS = 500;
const EVERY_MS = 10_000;
const VALID_MS = 1_800_000;
const KEY_LIFE_MS = 86_400_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    home: { type: 'string' },
    nodes: { type: 'string' },
    silent: { type: 'string' },
  },
});
const port = Number(values.port);
const count = Number(values.nodes);
const silent = Number(values.silent ?? 0);
const anchor = loadAnchor(join(values.home ?? '', 'anchor.json'));
if (!anchor.ok || !(port > 0) || !(count > 0)) {
  console.error(
    'usage: npm run many-nodes -- --home <folder of the network> --port <of the portal> --nodes <how many> [--silent <of them>]',
  );
  process.exit(1);
}
const { genesisHash } = anchor.value;
const network = toHex(genesisHash);

interface Owner {
  readonly self: SendingNode;
  readonly nodes: readonly { readonly node: SendingNode; readonly name: string; readonly origin: string }[];
  readonly to: Destination;
}

interface Signer {
  readonly of: SendingNode;
  readonly account: bigint;
  readonly key: bigint;
  readonly nonce: bigint;
}

const COMPILED = new Map(
  (['CreateAccount', 'AuthorizeKey', 'RegisterNode'] as const).map((name) => [
    name,
    compileMethod(methodOf(name), nativeCrypto),
  ]),
);

/** Signs and sends until the ledger has decided, as often as the portal asks to come back; what the outcome says. */
async function decide(
  to: Destination,
  { of, ...header }: Signer,
  command: { method: 'CreateAccount' | 'AuthorizeKey' | 'RegisterNode'; args: Args },
): Promise<Record<string, unknown>> {
  const compiled = COMPILED.get(command.method)!;
  const transaction = { ...header, ...command, validUntilMs: BigInt(Date.now() + VALID_MS) };
  const signed = signTransaction({ transaction, network: genesisHash }, of.secretKey, compiled, nativeCrypto);
  const body = JSON.stringify({ transaction: toHex(encodeTransaction(signed, compiled)) });
  let last = '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { status, text } = await post(`/api/v1/transactions?wait=${WAIT_MS}`, body, to);
    const answer = JSON.parse(text) as { code: number; data?: Record<string, unknown> };
    if (status === 200 && answer.code === 0) return answer.data ?? {};
    if (status === 200) throw new Error(`${command.method} was decided with code ${answer.code}.`);
    last = text;
    // 202: not decided within the wait; 429 and 503: to come back.
    if (![202, 429, 503].includes(status)) break;
    await sleep(PAUSE_MS);
  }
  throw new Error(`${command.method} was not decided: ${last}`);
}

const bytesOf = (address: string): Uint8Array => fromHex(address) ?? new Uint8Array(20);

async function registerNode(owner: Owner, account: bigint, at: number): Promise<void> {
  const { self, nodes, to } = owner;
  const { node, name, origin } = nodes[at]!;
  const keyAddress = bytesOf(node.address);
  const possession = possessionDigest({ network: genesisHash, account, address: keyAddress }, nativeCrypto);
  const { key } = await decide(
    to,
    { of: self, account, key: 0n, nonce: BigInt(at) },
    {
      method: 'AuthorizeKey',
      args: {
        keyAddress,
        label: name,
        methods: ['RegisterNode', 'UpdateNode'],
        resources: [],
        spendingCapMicro: 0n,
        expiresAtMs: BigInt(Date.now() + KEY_LIFE_MS),
        proof: nativeCrypto.signRecoverable(possession, node.secretKey),
      },
    },
  );
  const registration = JSON.stringify({ origin, label: name, sources: [] });
  for (let tries = 0; ; tries += 1) {
    const { status, text } = await post('/api/v1/agents', registration, { ...to, node });
    if (status === 200) break;
    if (status !== 429 || tries === TRIES_MAX) throw new Error(`An agent was not registered: ${text}`);
    await sleep(PAUSE_MS);
  }
  await decide(
    to,
    { of: node, account, key: BigInt(String(key)), nonce: 0n },
    { method: 'RegisterNode', args: { class: 'service', name, software: '0.1.0', endpoint: origin } },
  );
}

async function registerAll(owner: Owner): Promise<void> {
  const { self, nodes, to } = owner;
  const created = await decide(
    to,
    { of: self, account: 0n, key: 0n, nonce: 0n },
    {
      method: 'CreateAccount',
      args: {
        owner: bytesOf(self.address),
        profileCommitment: nativeCrypto.sha256(self.secretKey),
        encryptionKey: encryptionKeyOf(self.secretKey),
      },
    },
  );
  const account = BigInt(String(created['account']));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < nodes.length; at = next++) await registerNode(owner, account, at);
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
}

/** Every node once in ten seconds, those that have fallen silent left out. */
async function beat(owners: readonly Owner[], isSilent: () => boolean, isOver: () => boolean): Promise<void> {
  const all = owners.flatMap(({ nodes, to }) => nodes.map(({ node }) => ({ node, to })));
  for (let round = 1; !isOver(); round += 1) {
    const begunMs = performance.now();
    const sending = isSilent() ? all.slice(0, all.length - silent) : all;
    const sent: Promise<number>[] = [];
    for (const [index, { node, to }] of sending.entries()) {
      const waitMs = begunMs + (index * EVERY_MS) / sending.length - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      if (isOver()) break;
      sent.push(sendHeartbeat(node, index, to));
    }
    await Promise.all(sent);
    process.stdout.write(`${JSON.stringify({ round, heartbeats: sent.length })}\n`);
  }
}

const told = { height: 1 };
/** Answers for nodes that whoever asks them is told that they work. */
async function listen(): Promise<{ origin: string; close(): void }> {
  const server = createServer((asked, response) => {
    asked.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${own}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const [awake, ending] = await Promise.all([listen(), listen()]);
const startedMs = performance.now();
const owners = Array.from({ length: Math.ceil(count / NODES_AN_OWNER) }, (_, place): Owner => {
  const first = place * NODES_AN_OWNER;
  const nodes = Array.from({ length: Math.min(NODES_AN_OWNER, count - first) }, (__, at) => ({
    node: newNode(),
    name: `Node ${String(first + at + 1).padStart(4, '0')}`,
    origin: first + at < count - silent ? awake.origin : ending.origin,
  }));
  return { self: newNode(), nodes, to: { port, network, told, agent: newConnections(`127.0.1.${place + 1}`) } };
});
await Promise.all(owners.map(registerAll));
const seconds = Math.round((performance.now() - startedMs) / 1_000);
process.stdout.write(`${JSON.stringify({ registered: count, owners: owners.length, seconds })}\n`);

let [isSilent, isOver] = [false, false];
process.stdin.once('data', () => {
  isSilent = true;
  ending.close();
});
process.once('SIGTERM', () => (isOver = true));
await beat(
  owners,
  () => isSilent,
  () => isOver,
);
for (const { to } of owners) to.agent.destroy();
process.exit(0);
