import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { chainIdOf, genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { haltFor, StorageHalt } from '#ledger/storage/halt.ts';
import { writeWhole } from '#ledger/storage/whole-file.ts';
import { appStateOf } from './abci-application.ts';

/*
 * A CometBFT home as CometBFT 0.38 to 0.40 read it: config/config.toml, config/genesis.json, config/node_key.json,
 * config/priv_validator_key.json, data/priv_validator_state.json. Only what differs from CometBFT's own defaults stands in config.toml.
 */

/** The whole block: our bound on its transactions, and room for header, commit and evidence. */
const BLOCK_BYTES_MAX = 2 * 1024 * 1024;
/** CometBFT's defaults: how old evidence may be. */
const EVIDENCE_AGE_BLOCKS = 100_000;
const EVIDENCE_AGE_NS = 48n * 3_600n * 1_000_000_000n;
/** With nothing to decide a block is made this often, as under the embedded engine. */
const IDLE_BLOCK_MS = 10_000;
const KEY_BYTES = 32;
const PUBLIC_KEY_BYTES = 33;

export interface NodeConfiguration {
  /** Shown to other operators. */
  readonly moniker: string;
  /** Unix socket of the application process. */
  readonly abciSocket: string;
  /** host:port for other nodes. */
  readonly p2pListen: string;
  /** host:port at which others reach this node, when that differs. */
  readonly p2pExternal?: string;
  /** id@host:port, each. */
  readonly peers: readonly string[];
  /** Node ids that a sentry keeps to itself: never told to others. */
  readonly privatePeerIds: readonly string[];
  /** false behind sentries: the node talks to its named peers alone. */
  readonly findsPeers: boolean;
  /** host:port of the RPC; loopback, because whoever reaches it can ask and submit without end. */
  readonly rpcListen: string;
  /** host:port for Prometheus; none when undefined. */
  readonly metricsListen?: string;
  /** host:port at which a remote signer calls; the key is then not on this machine. */
  readonly signerListen?: string;
  /** How long a node waits for late precommits after a block was decided. */
  readonly commitMs: number;
  /** Between two looks at what a peer lacks. */
  readonly gossipMs: number;
  /** Several nodes at one address: a network on one machine. */
  readonly sharesAddress: boolean;
  /** Join by a snapshot that these nodes vouch for, checked from a trusted header on. */
  readonly stateSync?: { readonly rpcServers: readonly string[]; readonly height: bigint; readonly hash: string };
}

export interface NodeIdentity {
  /** 33 bytes, compressed secp256k1. */
  readonly publicKey: Uint8Array;
  /** 40 hex digits: what peers name the node by. */
  readonly nodeId: string;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** CometBFT's node key is Ed25519: 32 bytes of seed, then the public key. */
function makeNodeKey(): { secret: Uint8Array; id: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (key: { export(options: { format: 'jwk' }): { d?: string; x?: string } }, part: 'd' | 'x'): Buffer =>
    Buffer.from(key.export({ format: 'jwk' })[part] ?? '', 'base64url');
  const open = raw(publicKey, 'x');
  return { secret: Buffer.concat([raw(privateKey, 'd'), open]), id: nodeIdOf(open) };
}

function nodeIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 40);
}

function validatorKeyJson(secretKey: Uint8Array, crypto: Crypto): string {
  const publicKey = crypto.publicKey(secretKey);
  return json({
    address: toHex(validatorAddress(publicKey, crypto)).toUpperCase(),
    pub_key: { type: 'tendermint/PubKeySecp256k1', value: base64(publicKey) },
    priv_key: { type: 'tendermint/PrivKeySecp256k1', value: base64(secretKey) },
  });
}

/** Makes both keys of a node, never over existing ones. `secretKey` is the validator's, 32 bytes. */
export function writeNodeKeys(home: string, secretKey: Uint8Array, crypto: Crypto): NodeIdentity {
  const keyPath = join(home, 'config/priv_validator_key.json');
  if (existsSync(keyPath)) throw new StorageHalt(`${keyPath} stands already; a key is never written over.`);
  for (const folder of ['config', 'data']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  const node = makeNodeKey();
  const nodeKey = { priv_key: { type: 'tendermint/PrivKeyEd25519', value: base64(node.secret) } };
  writeWhole(join(home, 'config/node_key.json'), json(nodeKey));
  // CometBFT never signs below what this file says; it comes first, so that no key is ever without it.
  writeWhole(join(home, 'data/priv_validator_state.json'), json({ height: '0', round: 0, step: 0 }));
  writeWhole(keyPath, validatorKeyJson(secretKey, crypto));
  return { publicKey: crypto.publicKey(secretKey), nodeId: node.id };
}

function readKeyFile(path: string, part: 'pub_key' | 'priv_key'): Buffer {
  let value: unknown;
  try {
    type KeyFile = Record<string, { value?: unknown } | undefined> | null;
    value = (JSON.parse(readFileSync(path, 'utf8')) as KeyFile)?.[part]?.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw haltFor(`Reading ${path}`, error);
  }
  if (typeof value !== 'string') throw new StorageHalt(`${path} is no key file of CometBFT.`);
  return Buffer.from(value, 'base64');
}

/** The secret key of a node's validator, for a proof of possession. */
export function readCometbftKey(home: string): Uint8Array {
  const path = join(home, 'config/priv_validator_key.json');
  const secret = readKeyFile(path, 'priv_key');
  if (secret.length !== KEY_BYTES) throw new StorageHalt(`${path} holds no secp256k1 key.`);
  return new Uint8Array(secret);
}

export function readNodeIdentity(home: string): NodeIdentity {
  const path = join(home, 'config/priv_validator_key.json');
  const publicKey = readKeyFile(path, 'pub_key');
  // CometBFT makes an Ed25519 key where it finds none: with that, the node would take part in nothing.
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new StorageHalt(`${path} holds no secp256k1 key.`);
  const secret = readKeyFile(join(home, 'config/node_key.json'), 'priv_key');
  return { publicKey: new Uint8Array(publicKey), nodeId: nodeIdOf(secret.subarray(KEY_BYTES)) };
}

/** CometBFT's genesis.json for our genesis: the same on every node, to the byte. */
export function cometbftGenesis(genesis: Genesis, crypto: Crypto): string {
  const network = genesisHash(genesis, crypto);
  return json({
    genesis_time: new Date(Number(genesis.timeMs)).toISOString(),
    chain_id: chainIdOf(network),
    initial_height: '1',
    consensus_params: {
      block: { max_bytes: String(BLOCK_BYTES_MAX), max_gas: '-1' },
      evidence: {
        max_age_num_blocks: String(EVIDENCE_AGE_BLOCKS),
        max_age_duration: String(EVIDENCE_AGE_NS),
        max_bytes: String(BLOCK_BYTES_MAX / 2),
      },
      validator: { pub_key_types: ['secp256k1'] },
      version: { app: '1' },
      abci: { vote_extensions_enable_height: '0' },
    },
    validators: genesis.validators.map(({ name, publicKey }) => ({
      address: toHex(validatorAddress(publicKey, crypto)).toUpperCase(),
      pub_key: { type: 'tendermint/PubKeySecp256k1', value: base64(publicKey) },
      power: '1',
      name,
    })),
    app_hash: '',
    app_state: JSON.parse(appStateOf(network)) as unknown,
  });
}

function text(value: string): string {
  return JSON.stringify(value);
}

/** config.toml: what differs from CometBFT's defaults, each with its reason. */
export function configToml(of: NodeConfiguration): string {
  const lines = [
    '# Written by ledger/bin/cometbft-home.ts; what is not here is CometBFT’s default.',
    `moniker = ${text(of.moniker)}`,
    `proxy_app = ${text(`unix://${of.abciSocket}`)}`,
    'abci = "socket"',
    ...(of.signerListen === undefined ? [] : [`priv_validator_laddr = ${text(`tcp://${of.signerListen}`)}`]),
    'log_level = "main:info,statesync:info,*:error"',
    '',
    '[rpc]',
    '# The application process asks here. Never open it to others.',
    `laddr = ${text(`tcp://${of.rpcListen}`)}`,
    'cors_allowed_origins = []',
    '',
    '[p2p]',
    `laddr = ${text(`tcp://${of.p2pListen}`)}`,
    `external_address = ${text(of.p2pExternal ?? '')}`,
    `persistent_peers = ${text(of.peers.join(','))}`,
    `private_peer_ids = ${text(of.privatePeerIds.join(','))}`,
    `pex = ${of.findsPeers}`,
    `addr_book_strict = ${!of.sharesAddress}`,
    `allow_duplicate_ip = ${of.sharesAddress}`,
    'flush_throttle_timeout = "10ms"',
    '',
    '[mempool]',
    '# The application bounds what waits by account (64) and in all (50,000).',
    'size = 50000',
    'cache_size = 100000',
    'max_txs_bytes = 268435456',
    'max_tx_bytes = 20480',
    '',
    '[consensus]',
    '# How long late precommits are waited for, so that a block shows who signed; with all of them there, not at all.',
    `timeout_commit = "${of.commitMs}ms"`,
    'skip_timeout_commit = true',
    '# A block as soon as a transaction waits or the application hash changed, else one in this time.',
    'create_empty_blocks = true',
    `create_empty_blocks_interval = "${IDLE_BLOCK_MS}ms"`,
    `peer_gossip_sleep_duration = "${of.gossipMs}ms"`,
    '',
    '[storage]',
    '# Results are kept by the application; CometBFT keeps the last, which it needs after a crash.',
    'discard_abci_responses = true',
    '',
    '[tx_index]',
    'indexer = "null"',
    '',
    '[instrumentation]',
    `prometheus = ${of.metricsListen !== undefined}`,
    ...(of.metricsListen === undefined ? [] : [`prometheus_listen_addr = ${text(of.metricsListen)}`]),
  ];
  const { stateSync } = of;
  if (stateSync !== undefined) {
    lines.push(
      '',
      '[statesync]',
      'enable = true',
      `rpc_servers = ${text(stateSync.rpcServers.join(','))}`,
      `trust_height = ${stateSync.height}`,
      `trust_hash = ${text(stateSync.hash)}`,
      'trust_period = "48h"',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Writes config.toml and genesis.json; what stood there is replaced. */
export function writeCometbftHome(
  home: string,
  genesis: Genesis,
  configuration: NodeConfiguration,
  crypto: Crypto,
): void {
  for (const folder of ['config', 'data']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  writeWhole(join(home, 'config/genesis.json'), cometbftGenesis(genesis, crypto), 0o644);
  writeWhole(join(home, 'config/config.toml'), configToml(configuration), 0o644);
}
