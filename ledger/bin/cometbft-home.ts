import { copyFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCometbftHome, type NodeConfiguration } from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket } from '#ledger/engines/open.ts';
import { checkHome, cometbftFolder, readGenesis } from './home.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: node ledger/bin/cometbft-home.ts --home FOLDER (the environment says the rest)';
const HOST_PORT = /^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;
const PEER = /^[0-9a-f]{40}@(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;
const NODE_ID = /^[0-9a-f]{40}$/;
const COMMIT_MS = 200;
const GOSSIP_MS = 20;

type Source = Readonly<Record<string, string | undefined>>;

function matching(source: Source, name: string, form: RegExp, example: string): string | undefined {
  const value = source[name];
  if (value === undefined || value === '') return undefined;
  if (!form.test(value)) throw new Refusal(`${name} is “${value}”: give it as ${example}.`);
  return value;
}

function listOf(source: Source, name: string, form: RegExp, example: string): string[] {
  const items = (source[name] ?? '').split(',').filter((item) => item !== '');
  const wrong = items.find((item) => !form.test(item));
  if (wrong !== undefined) throw new Refusal(`${name} holds “${wrong}”: give each as ${example}.`);
  return items;
}

function milliseconds(source: Source, name: string, fallback: number): number {
  const value = matching(source, name, /^\d{1,6}$/, 'a whole number of milliseconds');
  return value === undefined ? fallback : Number(value);
}

function stateSyncOf(source: Source): NodeConfiguration['stateSync'] {
  const rpcServers = listOf(source, 'COMETBFT_STATESYNC_RPC', /^https?:\/\/\S+$/, 'http://host:port');
  if (rpcServers.length === 0) return undefined;
  const height = matching(source, 'COMETBFT_TRUST_HEIGHT', /^[1-9]\d{0,14}$/, 'a height');
  const hash = matching(source, 'COMETBFT_TRUST_HASH', /^[0-9A-Fa-f]{64}$/, '64 hex digits');
  if (rpcServers.length < 2 || height === undefined || hash === undefined) {
    throw new Refusal(
      'To join by a snapshot CometBFT asks two nodes: give COMETBFT_STATESYNC_RPC two addresses, and COMETBFT_TRUST_HEIGHT and COMETBFT_TRUST_HASH of a block that you trust.',
    );
  }
  return { rpcServers, height: BigInt(height), hash };
}

function configurationOf(home: string, source: Source): NodeConfiguration {
  const hostPort = (name: string): string | undefined => matching(source, name, HOST_PORT, 'host:port');
  const metricsListen = hostPort('COMETBFT_METRICS_LISTEN');
  const p2pExternal = hostPort('COMETBFT_P2P_EXTERNAL');
  const signerListen = hostPort('COMETBFT_SIGNER_LISTEN');
  const stateSync = stateSyncOf(source);
  return {
    moniker: matching(source, 'COMETBFT_MONIKER', /^[\w .-]{1,64}$/, 'up to 64 letters, digits, spaces') ?? 'interpool',
    abciSocket: abciSocket(home),
    p2pListen: hostPort('COMETBFT_P2P_LISTEN') ?? '0.0.0.0:26656',
    ...(p2pExternal !== undefined && { p2pExternal }),
    peers: listOf(source, 'COMETBFT_PEERS', PEER, 'id@host:port'),
    privatePeerIds: listOf(source, 'COMETBFT_PRIVATE_PEER_IDS', NODE_ID, '40 hex digits'),
    findsPeers: matching(source, 'COMETBFT_FINDS_PEERS', /^[01]$/, '0 or 1') !== '0',
    rpcListen: hostPort('COMETBFT_RPC_LISTEN') ?? '127.0.0.1:26657',
    ...(metricsListen !== undefined && { metricsListen }),
    ...(signerListen !== undefined && { signerListen }),
    commitMs: milliseconds(source, 'COMETBFT_COMMIT_MS', COMMIT_MS),
    gossipMs: milliseconds(source, 'COMETBFT_GOSSIP_MS', GOSSIP_MS),
    sharesAddress: matching(source, 'COMETBFT_SHARES_ADDRESS', /^[01]$/, '0 or 1') === '1',
    ...(stateSync !== undefined && { stateSync }),
  };
}

/** Writes CometBFT's genesis.json and config.toml beside the node's keys, from our genesis and the environment. */
function main(): void {
  const { values } = parseArgs({ options: { home: { type: 'string' }, genesis: { type: 'string' } } });
  if (values.home === undefined) throw new Refusal(USAGE);
  const home = resolve(values.home);
  checkHome(home);
  if (values.genesis !== undefined) copyFileSync(resolve(values.genesis), join(home, 'genesis.json'));
  const folder = cometbftFolder(home);
  if (!existsSync(join(folder, 'config/node_key.json'))) {
    throw new Refusal(`${folder} has no keys; run ledger/bin/node-keys.ts first.`);
  }
  const configuration = configurationOf(home, process.env);
  writeCometbftHome(folder, readGenesis(home), configuration, nativeCrypto);
  console.log(
    JSON.stringify({ home: folder, configuration }, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  );
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
