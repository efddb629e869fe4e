import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engineConformance } from '#ledger/engines/conformance.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder } from '#ledger/engines/open.ts';
import { makeLedgerHome } from '#ledger/engines/testing/ledger-home.ts';

engineConformance('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-engine-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  return {
    ledger,
    // Small segments and frequent snapshots, so that both are met.
    open: () =>
      openEngine({
        home: ledger.home,
        genesis: ledger.genesis,
        notice: () => undefined,
        segmentBytes: 64 * 1024,
        snapshotHeights: 8,
      }),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('engine: embedded, halts', () => {
  test(
    'a validator that cannot start says why in its status, the others go on; with too many the engine says that it has failed',
    { timeout: 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'interpool-halt-'));
      const ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
      const failures: string[] = [];
      const engine = openEngine({
        home: ledger.home,
        genesis: ledger.genesis,
        notice: () => undefined,
        failed: (sentence) => failures.push(sentence),
      });
      try {
        await engine.start();
        const [from, to] = ledger.members;
        await engine.control({ kind: 'stop-validator', index: 1 });
        chmodSync(join(validatorFolder(ledger.home, 1), 'key.json'), 0o644);
        const refused = await engine.control({ kind: 'start-validator', index: 1 });
        expect(refused).toEqual({ ok: false, sentence: expect.stringMatching(/key\.json can be read by others/) });
        expect((await engine.status()).validators[1]).toMatchObject({ state: 'halted', reason: refused.sentence });
        const admitted = await engine.submit(ledger.transfer(from!, to!));
        expect(admitted.ok && (await engine.outcome(admitted.txId, 20_000))).toMatchObject({ code: 0 });
        expect(failures).toEqual([]);
        await engine.control({ kind: 'stop-validator', index: 2 });
        chmodSync(join(validatorFolder(ledger.home, 2), 'key.json'), 0o644);
        await engine.control({ kind: 'start-validator', index: 2 });
        expect(failures[0]).toMatch(/Only 2 of 4 validators/);
      } finally {
        await engine.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
