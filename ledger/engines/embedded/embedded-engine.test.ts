import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineConformance } from '../conformance.ts';
import { nativeCrypto } from '../native-crypto.ts';
import { openEngine } from '../open.ts';
import { makeLedgerHome } from '../testing/ledger-home.ts';

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
