import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { engineConformance, type EngineUnderTest } from '#ledger/engines/conformance.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import {
  cometbftProgram,
  makeCometbftNetwork,
  openApplication,
  startCometbft,
  startNode,
  stopNode,
  untilTaking,
} from '#ledger/engines/testing/cometbft-network.ts';
import { makeLedgerHome } from '#ledger/engines/testing/ledger-home.ts';

/** Few heights, so that snapshots and a restart from one are met. */
const SNAPSHOT_HEIGHTS = 8;

/** Four founders and a fifth node that no genesis names; the engine under test is the application of the first. */
async function network(): Promise<EngineUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-cometbft-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  const secretKeys = [...ledger.validatorKeys, ledger.fifth.secretKey];
  const nodes = await makeCometbftNetwork({ folder, ledger, secretKeys, crypto: nativeCrypto });
  const [own, ...others] = nodes as [(typeof nodes)[number], ...typeof nodes];
  return {
    ledger,
    open: (): Engine => {
      const engine = openApplication(own, ledger, SNAPSHOT_HEIGHTS);
      return {
        ...engine,
        start: async () => {
          await engine.start();
          startCometbft(own);
          for (const node of others.slice(0, 3))
            if (node.process === undefined) await startNode(node, ledger, SNAPSHOT_HEIGHTS);
          await untilTaking(own);
        },
        stop: async () => {
          await stopNode(own);
          await engine.stop();
        },
      };
    },
    stopValidator: (index) => stopNode(nodes[index]!),
    startValidator: (index) => startNode(nodes[index]!, ledger, SNAPSHOT_HEIGHTS),
    close: async () => {
      for (const node of nodes) await stopNode(node);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(cometbftProgram() === undefined)('with CometBFT (COMETBFT names it)', () => {
  engineConformance('cometbft', network);
});
