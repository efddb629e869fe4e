import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { CLOCK_BEHIND, STUCK } from './engine-members.ts';

const WAIT_MS = 30_000;
const BLOCKS = 6;
const HOUR_MS = 3_600_000;

let folder: string;
let ledger: LedgerHome;
let notices: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-troubles-'));
  ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the ledger, which has a few blocks more at its end, and gives what it says of itself meanwhile. */
async function onLedger(use: (engine: Engine) => Promise<void>): Promise<void> {
  const notice = (sentence: string): unknown => notices.push(sentence);
  const engine = openEngine({ home: ledger.home, genesis: ledger.genesis, notice });
  try {
    await engine.start();
    await use(engine);
  } finally {
    await engine.stop();
  }
}

async function decideBlocks(engine: Engine): Promise<void> {
  const [from, to] = ledger.members;
  for (let block = 0; block < BLOCKS; block += 1) {
    const admitted = await engine.submit(ledger.transfer(from!, to!));
    if (admitted.ok) await engine.outcome(admitted.txId, WAIT_MS);
  }
}

const saying = (engine: Engine, sentence: unknown): Promise<void> =>
  vi.waitFor(async () => expect((await engine.status()).troubles).toEqual(expect.arrayContaining([sentence])), WAIT_MS);

describe('what is wrong with a ledger', { timeout: 120_000 }, () => {
  test('nothing, is said by nothing; a validator’s folder that is gone, by a sentence without this machine’s paths', async () => {
    await onLedger(async (engine) => {
      await decideBlocks(engine);
      expect((await engine.status()).troubles).toEqual([]);
    });
    rmSync(validatorFolder(ledger.home, 3), { recursive: true });
    await onLedger(async (engine) => {
      await saying(
        engine,
        expect.stringMatching(/^Validator 3 has stopped\. The folder validator-3 is missing: bring it back/),
      );
      await decideBlocks(engine);
      expect(notices.join(' ')).toContain(`The folder ${validatorFolder(ledger.home, 3)} is missing`);
      expect(JSON.stringify((await engine.status()).troubles)).not.toContain(folder);
    });
  });

  test('the same damage in every journal: nobody signs anything twice, and everybody hears that nobody can go on [8.2.1-a]', async () => {
    await onLedger(decideBlocks);
    for (let index = 0; index < 4; index += 1) {
      const segment = join(validatorFolder(ledger.home, index), 'journal-0000000000000001.seg');
      const bytes = readFileSync(segment);
      // Far before the last block's record.
      for (let at = 2_000; at < 2_064; at += 1) bytes[at]! ^= 0xff;
      writeFileSync(segment, bytes);
    }
    await onLedger(async (engine) => {
      await saying(engine, STUCK);
      const { height } = await engine.status();
      expect(height).toBeLessThan(BigInt(BLOCKS));
      await vi.waitFor(
        () => expect(notices).toEqual(expect.arrayContaining([expect.stringContaining(STUCK)])),
        WAIT_MS,
      );
      expect((await engine.status()).height).toBe(height);
    });
  });

  test('a clock that was set back by an hour: blocks go on, and it is said', async () => {
    const later = { ...ledger.genesis, timeMs: BigInt(Date.now() + HOUR_MS) };
    Object.assign(ledger, { genesis: later });
    await onLedger(async (engine) => {
      await saying(engine, CLOCK_BEHIND);
      await vi.waitFor(
        () => expect(notices).toEqual(expect.arrayContaining([expect.stringContaining(CLOCK_BEHIND)])),
        WAIT_MS,
      );
    });
  });
});
