import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TIMEOUTS } from '#ledger/engines/embedded/validator.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { msToDecide } from './decide.ts';
import { median, rounded } from './statistics.ts';

const VALIDATORS = 4;
const ROUNDS = 5;
/** Each validator proposes once in so many heights: one of them is the stopped one's. */
const HEIGHTS = VALIDATORS;
const WARM_UP = 200;
const WAIT_MS = 30_000;
const BACK_MS = 2_000;

function decideOne(engine: Engine, ledger: LedgerHome): Promise<number> {
  const [from, to] = ledger.members;
  return msToDecide(engine, ledger.transfer(from!, to!), WAIT_MS);
}

async function control(engine: Engine, kind: 'stop-validator' | 'start-validator', index: number): Promise<void> {
  const { ok, sentence } = await engine.control({ kind, index });
  if (!ok) throw new Error(sentence);
}

/** P12 of the bar: the longest wait for a decision when a validator goes before its turn to propose, over the configured timeouts of propose and precommit. */
export async function benchLeader(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-leader-'));
  const ledger = makeLedgerHome(join(folder, 'ledger'), 2, nativeCrypto);
  const engine = openEngine({ home: ledger.home, genesis: ledger.genesis, notice: () => undefined });
  const limitMs = TIMEOUTS.propose.initialMs + TIMEOUTS.precommit.initialMs;
  try {
    await engine.start();
    for (let turn = 0; turn < WARM_UP; turn += 1) await decideOne(engine, ledger);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const index = round % VALIDATORS;
      await control(engine, 'stop-validator', index);
      const waits: number[] = [];
      for (let height = 0; height < HEIGHTS; height += 1) waits.push(await decideOne(engine, ledger));
      await control(engine, 'start-validator', index);
      await delay(BACK_MS);
      const longestMs = Math.max(...waits);
      ratios.push(longestMs / limitMs);
      console.log(
        JSON.stringify({ figure: 'leader', longestMs: rounded(longestMs), othersMs: rounded(median(waits)), limitMs }),
      );
    }
    console.log(JSON.stringify({ figure: 'P12', ratio: rounded(median(ratios)), mustHold: 1.5, aim: 1.15 }));
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
