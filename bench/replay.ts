import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine } from '#ledger/engines/open.ts';
import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import { makeLedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { median, rounded } from './statistics.ts';
import { verificationsPerSecond } from './verifiers.ts';

const TRANSACTIONS = 20_000;
const MEMBERS = 64;
const ROUNDS = 3;
const SAMPLE = 4_000;
const REBUILT = 3;
const POLL_MS = 20;
const REPLAY_MS_MAX = 600_000;

/**
 * P4 of the bar: a validator that lost everything but its key takes every block from the others and checks and executes all of it, over
 * the limit of its signatures on two threads. The argument is how many transactions there are (20,000).
 */
export async function benchReplay(countText = String(TRANSACTIONS)): Promise<void> {
  const count = Number(countText);
  const folder = mkdtempSync(join(tmpdir(), 'ip-replay-'));
  const ledger = makeLedgerHome(join(folder, 'ledger'), MEMBERS, nativeCrypto);
  const { home, genesis } = ledger;
  // No snapshot: joining by one would replay nothing.
  const engine = openEngine({ home, genesis, notice: () => undefined, snapshotHeights: 1_000_000 });
  try {
    await engine.start();
    const queues = signTransfers(ledger, count);
    await decideAll([engine], ledger, queues);
    const { height } = await engine.status();
    const sample = queues.flat().slice(0, SAMPLE);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await verificationsPerSecond(sample);
      const begunAt = performance.now();
      const rebuilt = await engine.control({ kind: 'rebuild-validator', index: REBUILT });
      if (!rebuilt.ok) throw new Error(rebuilt.sentence);
      for (;;) {
        // It says that it is level at the block after, which an idle chain makes ten seconds later.
        if (((await engine.status()).validators[REBUILT]?.height ?? 0n) >= height) break;
        if (performance.now() - begunAt > REPLAY_MS_MAX) throw new Error('The replay took longer than ten minutes.');
        await delay(POLL_MS);
      }
      const perSecond = (count * 1_000) / (performance.now() - begunAt);
      const after = await verificationsPerSecond(sample);
      const limit = (before + after) / 2;
      ratios.push(perSecond / limit);
      console.log(
        JSON.stringify({
          figure: 'replay',
          transactions: count,
          blocks: Number(height),
          perSecond: Math.round(perSecond),
          limitBefore: Math.round(before),
          limitAfter: Math.round(after),
        }),
      );
    }
    console.log(JSON.stringify({ figure: 'P4', ratio: rounded(median(ratios)), mustHold: 0.5, aim: 0.75 }));
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
