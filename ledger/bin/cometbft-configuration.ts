import type { NodeConfiguration } from '#ledger/engines/cometbft/home.ts';
import { Refusal } from './sentence.ts';
import { matching, variablesOf, type Environment, type VariablesOf, type VariableText } from './variables.ts';

/** Every variable that ledger/bin/cometbft-home.ts reads, for docs/operate/configuration.md. */
export const COMETBFT_VARIABLES = {
  COMETBFT_MONIKER: { byDefault: 'interpool', meaning: 'The node’s name in other operators’ logs.' },
  COMETBFT_P2P_LISTEN: {
    byDefault: '0.0.0.0:26656',
    meaning: 'Where the other nodes come in: the one port that is open.',
  },
  COMETBFT_P2P_EXTERNAL: {
    meaning: 'Address at which the others reach the node, when it stands behind a translated one.',
  },
  COMETBFT_PEERS: { meaning: 'The nodes to talk to, `id@host:port` each, with commas.' },
  COMETBFT_PRIVATE_PEER_IDS: { meaning: 'Node ids that a sentry never tells to others, with commas.' },
  COMETBFT_FINDS_PEERS: { byDefault: '1', meaning: '0: the node talks to the named ones alone, as behind sentries.' },
  COMETBFT_SHARES_ADDRESS: { byDefault: '0', meaning: '1: several nodes at one address, as on one machine.' },
  COMETBFT_RPC_LISTEN: {
    byDefault: '127.0.0.1:26657',
    meaning: 'RPC, for the application and the operator alone: whoever reaches it can ask and submit without end.',
  },
  COMETBFT_METRICS_LISTEN: { meaning: 'Prometheus metrics; none without it.' },
  COMETBFT_SIGNER_LISTEN: { meaning: 'Where a remote signer calls; the validator’s key is then not on this machine.' },
  COMETBFT_COMMIT_MS: { byDefault: '200', meaning: 'Milliseconds that a node waits for late votes after a block.' },
  COMETBFT_GOSSIP_MS: { byDefault: '20', meaning: 'Milliseconds between two looks at what a peer lacks.' },
  COMETBFT_STATESYNC_RPC: {
    meaning: 'RPC addresses of two nodes, with a comma: join by a snapshot, not by all blocks.',
  },
  COMETBFT_TRUST_HEIGHT: { meaning: 'With a snapshot: a height whose block hash somebody whom you trust has told.' },
  COMETBFT_TRUST_HASH: { meaning: 'With a snapshot: that hash, 64 hex digits.' },
} as const satisfies Record<string, VariableText>;

type Source = VariablesOf<typeof COMETBFT_VARIABLES>;
type Name = keyof Source;

const HOST = String.raw`(?:\[[0-9a-f:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)`;
const HOST_PORT = new RegExp(`^${HOST}:[1-9]\\d{0,4}$`);
const PEER = new RegExp(`^[0-9a-f]{40}@${HOST}:[1-9]\\d{0,4}$`);
const EVERYWHERE = /^(0\.0\.0\.0|\[::\]|\[0:.*\]):/;
const PORT_MAX = 65_535;
const LIST_MAX = 100;
/** A wait of a minute would stop a network as well as a fault does. */
const MILLISECONDS_MAX = 60_000;

function refusePort(name: Name, address: string): void {
  const port = Number(/\d+$/.exec(address)?.[0]);
  if (port > PORT_MAX) throw new Refusal(`${name} names port ${port}: the last is ${PORT_MAX}.`);
}

function hostPort(source: Source, name: Name): string | undefined {
  const value = matching(source, name, { form: HOST_PORT, example: 'host:port' });
  if (value !== undefined) refusePort(name, value);
  return value;
}

/** An address that must not be open to everybody. */
function closedHostPort(source: Source, name: Name): string | undefined {
  const value = hostPort(source, name);
  if (value !== undefined && EVERYWHERE.test(value)) {
    throw new Refusal(
      `${name} is “${value}”, which is every address of this machine: name one that others cannot reach.`,
    );
  }
  return value;
}

function listOf(source: Source, name: Name, { form, example }: { form: RegExp; example: string }): string[] {
  const items = (source[name] ?? '').split(',').filter((item) => item !== '');
  if (items.length > LIST_MAX) throw new Refusal(`${name} names ${items.length} items: at most ${LIST_MAX}.`);
  const wrong = items.find((item) => !form.test(item));
  if (wrong !== undefined)
    throw new Refusal(`${name} holds “${wrong}”: give each as ${example}, with commas alone between.`);
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  if (twice !== undefined) throw new Refusal(`${name} names ${twice} twice.`);
  return items;
}

function peersOf(source: Source): string[] {
  const peers = listOf(source, 'COMETBFT_PEERS', { form: PEER, example: 'id@host:port, the id of 40 hex digits' });
  for (const peer of peers) refusePort('COMETBFT_PEERS', peer);
  return peers;
}

function milliseconds(source: Source, name: 'COMETBFT_COMMIT_MS' | 'COMETBFT_GOSSIP_MS', min: number): number {
  const value = matching(source, name, { form: /^\d{1,6}$/, example: 'a whole number of milliseconds' });
  const number = Number(value ?? COMETBFT_VARIABLES[name].byDefault);
  if (number >= min && number <= MILLISECONDS_MAX) return number;
  throw new Refusal(`${name} is ${number}: give ${min} to ${MILLISECONDS_MAX} milliseconds.`);
}

function isOn(source: Source, name: 'COMETBFT_FINDS_PEERS' | 'COMETBFT_SHARES_ADDRESS'): boolean {
  const value = matching(source, name, { form: /^[01]$/, example: '0 or 1' });
  return (value ?? COMETBFT_VARIABLES[name].byDefault) === '1';
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function stateSyncOf(source: Source): NodeConfiguration['stateSync'] {
  const rpcServers = listOf(source, 'COMETBFT_STATESYNC_RPC', {
    form: /^https?:\/\/\S+$/,
    example: 'http://host:port',
  });
  const noUrl = rpcServers.find((server) => !isHttp(server));
  if (noUrl !== undefined) throw new Refusal(`COMETBFT_STATESYNC_RPC holds “${noUrl}”, which is no address.`);
  const height = matching(source, 'COMETBFT_TRUST_HEIGHT', { form: /^[1-9]\d{0,14}$/, example: 'a height' });
  const hash = matching(source, 'COMETBFT_TRUST_HASH', { form: /^[0-9A-Fa-f]{64}$/, example: '64 hex digits' });
  if (rpcServers.length === 0 && height === undefined && hash === undefined) return undefined;
  if (rpcServers.length < 2 || height === undefined || hash === undefined) {
    throw new Refusal(
      'To join by a snapshot CometBFT asks two nodes: give COMETBFT_STATESYNC_RPC two addresses, and COMETBFT_TRUST_HEIGHT and COMETBFT_TRUST_HASH of a block that you trust.',
    );
  }
  return { rpcServers, height: BigInt(height), hash };
}

function refuseSharedListeners(listeners: readonly (string | undefined)[]): void {
  const named = listeners.filter((each) => each !== undefined);
  const twice = named.find((each, index) => named.indexOf(each) !== index);
  if (twice !== undefined)
    throw new Refusal(`${twice} is to be listened at for two purposes: give each a port of its own.`);
}

/** What config.toml is made of; the first thing that is wrong is a sentence. */
export function readConfiguration(abciSocket: string, environment: Environment): NodeConfiguration {
  const source = variablesOf(COMETBFT_VARIABLES, environment);
  const moniker = { form: /^[\w .-]{1,64}$/, example: 'up to 64 letters, digits, spaces' };
  const nodeId = { form: /^[0-9a-f]{40}$/, example: '40 hex digits' };
  const p2pListen = hostPort(source, 'COMETBFT_P2P_LISTEN') ?? COMETBFT_VARIABLES.COMETBFT_P2P_LISTEN.byDefault;
  const rpcListen = closedHostPort(source, 'COMETBFT_RPC_LISTEN') ?? COMETBFT_VARIABLES.COMETBFT_RPC_LISTEN.byDefault;
  const metricsListen = hostPort(source, 'COMETBFT_METRICS_LISTEN');
  const p2pExternal = hostPort(source, 'COMETBFT_P2P_EXTERNAL');
  const signerListen = closedHostPort(source, 'COMETBFT_SIGNER_LISTEN');
  const stateSync = stateSyncOf(source);
  refuseSharedListeners([p2pListen, rpcListen, metricsListen, signerListen]);
  return {
    moniker: matching(source, 'COMETBFT_MONIKER', moniker) ?? COMETBFT_VARIABLES.COMETBFT_MONIKER.byDefault,
    abciSocket,
    p2pListen,
    ...(p2pExternal !== undefined && { p2pExternal }),
    peers: peersOf(source),
    privatePeerIds: listOf(source, 'COMETBFT_PRIVATE_PEER_IDS', nodeId),
    findsPeers: isOn(source, 'COMETBFT_FINDS_PEERS'),
    rpcListen,
    ...(metricsListen !== undefined && { metricsListen }),
    ...(signerListen !== undefined && { signerListen }),
    commitMs: milliseconds(source, 'COMETBFT_COMMIT_MS', 0),
    gossipMs: milliseconds(source, 'COMETBFT_GOSSIP_MS', 1),
    sharesAddress: isOn(source, 'COMETBFT_SHARES_ADDRESS'),
    ...(stateSync !== undefined && { stateSync }),
  };
}
