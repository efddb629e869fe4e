import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { engineConformance } from '#ledger/engines/conformance.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder, type OpenOptions } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';

const OUTCOME_MS = 20_000;

engineConformance('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-engine-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  let engine: Engine;
  const control = async (kind: 'stop-validator' | 'start-validator', index: number): Promise<void> => {
    expect(await engine.control({ kind, index })).toMatchObject({ ok: true });
  };
  return {
    ledger,
    // Small segments and frequent snapshots, so that both are met.
    open: () => {
      const { home, genesis } = ledger;
      engine = openEngine({ home, genesis, notice: () => undefined, segmentBytes: 64 * 1024, snapshotHeights: 8 });
      return engine;
    },
    stopValidator: (index) => control('stop-validator', index),
    startValidator: (index) => control('start-validator', index),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

/** Runs a test on an engine of its own. */
async function onEngine(
  use: (engine: Engine, ledger: LedgerHome) => Promise<void>,
  options: Partial<OpenOptions> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-embedded-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  const engine = openEngine({ home: ledger.home, genesis: ledger.genesis, notice: () => undefined, ...options });
  try {
    await engine.start();
    await use(engine, ledger);
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function transfer(engine: Engine, ledger: LedgerHome): Promise<unknown> {
  const [from, to] = ledger.members;
  const admitted = await engine.submit(ledger.transfer(from!, to!));
  return admitted.ok ? engine.outcome(admitted.txId, OUTCOME_MS) : admitted;
}

describe('engine: embedded, control', { timeout: 60_000 }, () => {
  test('stops and starts a validator once, its status says which, and one that is not there is refused', () =>
    onEngine(async (engine) => {
      expect(await engine.control({ kind: 'stop-validator', index: 2 })).toMatchObject({ ok: true });
      expect(await engine.control({ kind: 'stop-validator', index: 2 })).toMatchObject({ ok: false });
      expect((await engine.status()).validators[2]).toMatchObject({ state: 'stopped' });
      expect(await engine.control({ kind: 'start-validator', index: 2 })).toMatchObject({ ok: true });
      expect(await engine.control({ kind: 'start-validator', index: 2 })).toMatchObject({ ok: false });
      expect(await engine.control({ kind: 'start-validator', index: 9 })).toEqual({
        ok: false,
        sentence: 'There is no validator 9: the home has no folder validator-9 with a key.',
      });
    }));

  test('without a quorum nothing is admitted, with a code that says to try again', () =>
    onEngine(async (engine, ledger) => {
      await engine.control({ kind: 'stop-validator', index: 0 });
      await engine.control({ kind: 'stop-validator', index: 1 });
      expect(await transfer(engine, ledger)).toEqual({ ok: false, code: admissionCodes.UNAVAILABLE });
      await engine.control({ kind: 'start-validator', index: 0 });
      await engine.control({ kind: 'start-validator', index: 1 });
      expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
    }));
});

describe('engine: embedded, halts', { timeout: 60_000 }, () => {
  test('a validator that cannot start says why in its status, the others go on; with too many the engine says that it has failed', async () => {
    const failures: string[] = [];
    const use = async (engine: Engine, ledger: LedgerHome): Promise<void> => {
      await engine.control({ kind: 'stop-validator', index: 1 });
      chmodSync(join(validatorFolder(ledger.home, 1), 'key.json'), 0o644);
      const refused = await engine.control({ kind: 'start-validator', index: 1 });
      expect(refused).toEqual({ ok: false, sentence: expect.stringMatching(/key\.json can be read by others/) });
      expect((await engine.status()).validators[1]).toMatchObject({ state: 'halted', reason: refused.sentence });
      expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
      expect(failures).toEqual([]);
      await engine.control({ kind: 'stop-validator', index: 2 });
      chmodSync(join(validatorFolder(ledger.home, 2), 'key.json'), 0o644);
      await engine.control({ kind: 'start-validator', index: 2 });
      expect(failures[0]).toMatch(/Only 2 of 4 validators/);
    };
    await onEngine(use, { failed: (sentence) => failures.push(sentence) });
  });
});
