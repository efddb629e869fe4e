import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { snapshotSlices } from '#ledger/abci/snapshot.ts';
import { encode } from '#ledger/core/codec.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { recordKey } from '#ledger/core/record-key.ts';
import { EMPTY_TRIE, beginEdit, freeze, put, rootHash, type Trie } from '#ledger/core/trie.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { saveInSteps } from '#ledger/storage/snapshot-store.ts';
import { median, rounded } from './statistics.ts';

const RECORDS = [100_000, 1_000_000];
/** An agreement takes about this. */
const VALUE_BYTES = 120;
const PAIRS = 5;
/** The first snapshots: V8 compiles, and from the third on an older one is removed. */
const WARM_UP = 2;
const TICK_MS = 1;
const IDLE_MS = 1_000;
const NETWORK = new Uint8Array(32);

interface Run {
  /** Longest time for which nothing else could run. */
  readonly heldMs: number;
  readonly totalMs: number;
}

function stateOf(records: number): Trie {
  const edit = beginEdit(EMPTY_TRIE);
  for (let id = 0; id < records; id += 1) {
    put(edit, recordKey(1 + (id % 8), 1, BigInt(id)), encode(new Uint8Array(VALUE_BYTES).fill(id)));
  }
  rootHash(edit, nativeCrypto);
  return freeze(edit);
}

async function measured(work: () => Promise<void>): Promise<Run> {
  const ticks = monitorEventLoopDelay({ resolution: TICK_MS });
  ticks.enable();
  await delay(TICK_MS * 5);
  const begunAt = performance.now();
  await work();
  const totalMs = performance.now() - begunAt;
  await delay(TICK_MS * 5);
  ticks.disable();
  return { heldMs: ticks.max / 1e6, totalMs };
}

function summary(runs: readonly Run[]): Readonly<Record<string, number>> {
  return {
    heldMs: rounded(median(runs.map(({ heldMs }) => heldMs))),
    heldMsWorst: rounded(Math.max(...runs.map(({ heldMs }) => heldMs))),
    totalMs: Math.round(median(runs.map(({ totalMs }) => totalMs))),
  };
}

async function benchState(records: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-snapshots-'));
  const trie = stateOf(records);
  let height = 0n;
  const steps = (): Generator<undefined, void> => {
    height += 1n;
    const slices = snapshotSlices({ height, timeMs: height, trie, frontier: EMPTY_FRONTIER }, nativeCrypto);
    return saveInSteps(realDisk, folder, { network: NETWORK, height, slices });
  };
  const atOnce = async (): Promise<void> => {
    const making = steps();
    while (making.next().done !== true);
  };
  const inSlices = async (): Promise<void> => {
    for (const making = steps(); making.next().done !== true;) await turn();
  };
  try {
    for (let warm = 0; warm < WARM_UP; warm += 1) await atOnce();
    const idle = await measured(() => delay(IDLE_MS));
    const [whole, sliced]: [Run[], Run[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      whole.push(await measured(atOnce));
      sliced.push(await measured(inSlices));
    }
    const ratios = whole.map(({ heldMs }, pair) => heldMs / sliced[pair]!.heldMs);
    const figure = { figure: 'snapshots', records, idleHeldMs: rounded(idle.heldMs) };
    const [atOnceMs, inSlicesMs] = [summary(whole), summary(sliced)];
    console.log(JSON.stringify({ ...figure, atOnce: atOnceMs, inSlices: inSlicesMs, ratio: rounded(median(ratios)) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a snapshot keeps a validator from everything else, made in slices and made at once, and what slices cost in all. */
export async function benchSnapshots(): Promise<void> {
  for (const records of RECORDS) await benchState(records);
}
