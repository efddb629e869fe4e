import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { startBareRounds, type BareRounds } from './bare-round.ts';
import { msToDecide } from './decide.ts';
import { openLoop } from './open-loop.ts';
import { median, percentiles, print, rounded } from './statistics.ts';

const PAIRS = 5;
const SINGLES_PER_PAIR = 40;
/** Batches before the first that counts: until then V8 still compiles, which costs a third as much again. Bare rounds get as many. */
const WARM_UP_PAIRS = 5;
/** Between single transactions: longer than the block that carries the new app hash takes. */
const PAUSE_MS = 60;
const LOAD_PER_SECOND = 200;
const LOAD_SECONDS = 10;
const OUTCOME_TIMEOUT_MS = 30_000;
/** At most 64 transactions of one account wait, so load is spread. */
const MEMBERS = 64;

interface Setting {
  readonly engine: Engine;
  readonly ledger: LedgerHome;
  turn: number;
}

/** The outcome is durable on three of four validators. */
function submitAndWait({ engine }: Setting, bytes: Uint8Array): Promise<number> {
  return msToDecide(engine, bytes, OUTCOME_TIMEOUT_MS);
}

/** Signing is the load generator's cost and is done beforehand. */
function nextTransfer(setting: Setting): Uint8Array {
  const { members } = setting.ledger;
  setting.turn += 1;
  const from = members[setting.turn % members.length];
  const to = members[(setting.turn + 1) % members.length];
  if (from === undefined || to === undefined) throw new Error('There are no members.');
  return setting.ledger.transfer(from, to);
}

async function singles(setting: Setting): Promise<number[]> {
  const sample: number[] = [];
  for (let index = 0; index < SINGLES_PER_PAIR; index += 1) {
    const bytes = nextTransfer(setting);
    await delay(PAUSE_MS);
    sample.push(await submitAndWait(setting, bytes));
  }
  return sample;
}

async function bareRounds(bare: BareRounds): Promise<number[]> {
  const sample: number[] = [];
  for (let index = 0; index < SINGLES_PER_PAIR; index += 1) {
    await delay(PAUSE_MS);
    sample.push(await bare.round());
  }
  return sample;
}

async function underLoad(setting: Setting): Promise<number[]> {
  const transfers = Array.from({ length: LOAD_PER_SECOND * LOAD_SECONDS }, () => nextTransfer(setting));
  return openLoop(LOAD_PER_SECOND, transfers.length, async (index, dueAtMs) => {
    await submitAndWait(setting, transfers[index]!);
    return performance.now() - dueAtMs;
  });
}

async function measure(setting: Setting, bare: BareRounds): Promise<void> {
  for (let pair = 0; pair < WARM_UP_PAIRS; pair += 1) {
    await singles(setting);
    await bareRounds(bare);
  }
  const ratios: number[] = [];
  const all: { single: number[]; bare: number[] } = { single: [], bare: [] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const limit = await bareRounds(bare);
    const single = await singles(setting);
    all.bare.push(...limit);
    all.single.push(...single);
    ratios.push(median(single) / median(limit));
  }
  const loaded = await underLoad(setting);
  const after = await bareRounds(bare);
  print({ figure: 'bare-round', samples: all.bare.length, ...percentiles(all.bare) });
  print({ figure: 'unloaded', samples: all.single.length, ...percentiles(all.single) });
  print({ figure: 'load', perSecond: LOAD_PER_SECOND, samples: loaded.length, ...percentiles(loaded) });
  print({ figure: 'bare-round-after', samples: after.length, ...percentiles(after) });
  print({ figure: 'P2b', ratio: rounded(median(ratios)), pairs: PAIRS, mustHold: 2.5, aim: 1.5 });
}

/** Prints submit-to-durable latency beside a bare round of the same shape, as JSON lines. */
export async function benchLatency(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-bench-'));
  const ledger = makeLedgerHome(join(folder, 'ledger'), MEMBERS, nativeCrypto);
  mkdirSync(join(folder, 'bare'));
  const engine = openEngine({
    home: ledger.home,
    genesis: ledger.genesis,
    notice: (sentence) => console.error(sentence),
  });
  const bare = startBareRounds(join(folder, 'bare'));
  try {
    await engine.start();
    await measure({ engine, ledger, turn: 0 }, bare);
  } finally {
    await engine.stop();
    await bare.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
