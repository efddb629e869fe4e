import { ENGINES, type EngineName } from '#ledger/core/committed.ts';
import { LISTEN_FAULT, METRICS_MEANING, readListenAddress, type ListenAddress } from '#metrics/listen-address.ts';
import { Refusal } from './sentence.ts';
import { matching, variablesOf, type Environment, type VariablesOf, type VariableText } from './variables.ts';

/** What the ledger process is told by its environment. */
export interface LedgerEnvironment {
  readonly engine: EngineName;
  /** CometBFT's RPC. */
  readonly rpcUrl: string;
  /** Heights between two snapshots. */
  readonly snapshotHeights: number;
  /** Heights behind which CometBFT may forget its blocks; undefined keeps all. */
  readonly retainHeights: bigint | undefined;
  /** Whether the process's group may open the ledger's socket too: portals that run as users of their own. */
  readonly sharesSocket: boolean;
  /** Where figures are told; undefined tells none. */
  readonly metrics: ListenAddress | undefined;
}

/** Every variable that the ledger process reads, for docs/operate/configuration.md. */
export const LEDGER_VARIABLES = {
  LEDGER_ENGINE: {
    byDefault: 'embedded',
    meaning:
      '`embedded`: four validators in this one process. `cometbft`: the application of the CometBFT node beside it.',
  },
  LEDGER_SNAPSHOT_HEIGHTS: {
    byDefault: '1000',
    meaning:
      'Heights between two snapshots, on the embedded engine fewer where blocks hold transactions: four of them count as a height. Of a state with more than 32 records for each of these heights they are made more seldom. A validator of the embedded engine with an empty folder that is so far behind joins by one.',
  },
  LEDGER_RETAIN_HEIGHTS: {
    meaning:
      'CometBFT may forget blocks that are older than so many heights, 100000 at least; without it all are kept, as a node with a portal needs.',
  },
  LEDGER_SOCKET_SHARED: {
    byDefault: '0',
    meaning: '1: the group of the process may open the ledger’s socket too, for a portal with a user of its own.',
  },
  LEDGER_METRICS_LISTEN: { meaning: METRICS_MEANING },
  COMETBFT_RPC: { byDefault: 'http://127.0.0.1:26657', meaning: 'Where the application asks its CometBFT node.' },
} as const satisfies Record<string, VariableText>;

type Source = VariablesOf<typeof LEDGER_VARIABLES>;

/** Evidence may be this old (consensus_params of CometBFT's genesis): what it speaks of must still be there. */
const RETAIN_HEIGHTS_MIN = 100_000n;

function integerOf(source: Source, name: keyof Source, bounds: { min: bigint; max: bigint }): bigint | undefined {
  const text = source[name];
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,15}$/.test(text) ? BigInt(text) : -1n;
  if (value < bounds.min || value > bounds.max) {
    throw new Refusal(`${name} is “${text}”: give a whole number from ${bounds.min} to ${bounds.max}.`);
  }
  return value;
}

function rpcUrlOf(source: Source): string {
  const text = source.COMETBFT_RPC || LEDGER_VARIABLES.COMETBFT_RPC.byDefault;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Refusal('COMETBFT_RPC is no address: give one such as http://127.0.0.1:26657.');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal('COMETBFT_RPC must begin with http:// or https://.');
  }
  return url.href.replace(/\/$/, '');
}

function metricsOf(source: Source): ListenAddress | undefined {
  const text = source.LEDGER_METRICS_LISTEN;
  if (text === undefined || text === '') return undefined;
  const address = readListenAddress(text);
  if (address === undefined) throw new Refusal(`LEDGER_METRICS_LISTEN is “${text}”: it ${LISTEN_FAULT}.`);
  return address;
}

/** Reads the environment; the first thing that is wrong is a sentence. */
export function readEnvironment(environment: Environment = process.env): LedgerEnvironment {
  const source = variablesOf(LEDGER_VARIABLES, environment);
  const name = source.LEDGER_ENGINE || LEDGER_VARIABLES.LEDGER_ENGINE.byDefault;
  const engine = ENGINES.find((known) => known === name);
  if (engine === undefined) throw new Refusal(`LEDGER_ENGINE is “${name}”: it is one of ${ENGINES.join(', ')}.`);
  const { byDefault } = LEDGER_VARIABLES.LEDGER_SNAPSHOT_HEIGHTS;
  const snapshotHeights = integerOf(source, 'LEDGER_SNAPSHOT_HEIGHTS', { min: 1n, max: 10_000_000n });
  return {
    engine,
    rpcUrl: rpcUrlOf(source),
    snapshotHeights: Number(snapshotHeights ?? byDefault),
    retainHeights: integerOf(source, 'LEDGER_RETAIN_HEIGHTS', { min: RETAIN_HEIGHTS_MIN, max: 10n ** 14n }),
    sharesSocket: matching(source, 'LEDGER_SOCKET_SHARED', { form: /^[01]$/, example: '0 or 1' }) === '1',
    metrics: metricsOf(source),
  };
}

/** One line for the log: what was understood, without secrets. */
export function environmentLine(environment: LedgerEnvironment): string {
  const { engine, rpcUrl, snapshotHeights, retainHeights, sharesSocket, metrics } = environment;
  const shown = new URL(rpcUrl);
  if (shown.password !== '') shown.password = '***';
  const common = {
    LEDGER_ENGINE: engine,
    LEDGER_SNAPSHOT_HEIGHTS: snapshotHeights,
    LEDGER_SOCKET_SHARED: sharesSocket ? '1' : '0',
    LEDGER_METRICS_LISTEN: metrics === undefined ? 'none' : `${metrics.host}:${metrics.port}`,
  };
  const cometbft = { COMETBFT_RPC: shown.href, LEDGER_RETAIN_HEIGHTS: retainHeights?.toString() ?? 'all' };
  return JSON.stringify({ configuration: engine === 'cometbft' ? { ...common, ...cometbft } : common });
}
