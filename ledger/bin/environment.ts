import { ENGINES, type EngineName } from '#ledger/core/committed.ts';
import { Refusal } from './sentence.ts';

/** What the ledger process is told by its environment; every name and its default stands in docs/operate/configuration.md. */
export interface LedgerEnvironment {
  readonly engine: EngineName;
  /** CometBFT's RPC. */
  readonly rpcUrl: string;
  /** Heights between two snapshots. */
  readonly snapshotHeights: number;
  /** Heights behind which CometBFT may forget its blocks; undefined keeps all. */
  readonly retainHeights: bigint | undefined;
}

type Source = Readonly<Record<string, string | undefined>>;

const SNAPSHOT_HEIGHTS = 1_000;
/** Evidence may be this old (consensus_params of CometBFT's genesis): what it speaks of must still be there. */
const RETAIN_HEIGHTS_MIN = 100_000n;

function integerOf(source: Source, name: string, bounds: { min: bigint; max: bigint }): bigint | undefined {
  const text = source[name];
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,15}$/.test(text) ? BigInt(text) : -1n;
  if (value < bounds.min || value > bounds.max) {
    throw new Refusal(`${name} is “${text}”: give a whole number from ${bounds.min} to ${bounds.max}.`);
  }
  return value;
}

function rpcUrlOf(source: Source): string {
  const text = source.COMETBFT_RPC || 'http://127.0.0.1:26657';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Refusal(`COMETBFT_RPC is “${text}”: give an address such as http://127.0.0.1:26657.`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal(`COMETBFT_RPC is “${text}”: it must begin with http:// or https://.`);
  }
  return url.href.replace(/\/$/, '');
}

/** Reads the environment; the first thing that is wrong is a sentence. */
export function readEnvironment(source: Source = process.env): LedgerEnvironment {
  const name = source.LEDGER_ENGINE || 'embedded';
  const engine = ENGINES.find((known) => known === name);
  if (engine === undefined) throw new Refusal(`LEDGER_ENGINE is “${name}”: it is one of ${ENGINES.join(', ')}.`);
  const snapshots = integerOf(source, 'LEDGER_SNAPSHOT_HEIGHTS', { min: 1n, max: 10_000_000n });
  return {
    engine,
    rpcUrl: rpcUrlOf(source),
    snapshotHeights: snapshots === undefined ? SNAPSHOT_HEIGHTS : Number(snapshots),
    retainHeights: integerOf(source, 'LEDGER_RETAIN_HEIGHTS', { min: RETAIN_HEIGHTS_MIN, max: 10n ** 14n }),
  };
}

/** One line for the log: what was understood, without secrets. */
export function environmentLine({ engine, rpcUrl, snapshotHeights, retainHeights }: LedgerEnvironment): string {
  const shown = new URL(rpcUrl);
  if (shown.password !== '') shown.password = '***';
  const common = { LEDGER_ENGINE: engine, LEDGER_SNAPSHOT_HEIGHTS: snapshotHeights };
  const cometbft = { COMETBFT_RPC: shown.href, LEDGER_RETAIN_HEIGHTS: retainHeights?.toString() ?? 'all' };
  return JSON.stringify({ configuration: engine === 'cometbft' ? { ...common, ...cometbft } : common });
}
