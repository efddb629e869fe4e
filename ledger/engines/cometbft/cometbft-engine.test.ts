import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { engineConformance } from '#ledger/engines/conformance.ts';
import type { EngineUnderTest } from '#ledger/engines/conformance/suite.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import {
  cometbftProgram,
  emptyNode,
  expectSnapshot,
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
/** The founder that has a twin. */
const TWIN = 1;

/**
 * Four founders, a fifth node that no genesis names, and a twin of one founder: two machines with one key, as after a careless restore,
 * sooner or later vote differently in one round. The engine under test is the application of the first.
 */
async function network(): Promise<EngineUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-cometbft-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  const secretKeys = [...ledger.validatorKeys, ledger.fifth.secretKey, ledger.validatorKeys[TWIN]!];
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
          await Promise.all([own, ...others.slice(0, 3)].map(untilTaking));
        },
        stop: async () => {
          await stopNode(own);
          await engine.stop();
        },
      };
    },
    stopValidator: (index) => stopNode(nodes[index]!),
    startValidator: (index) => startNode(nodes[index]!, ledger, SNAPSHOT_HEIGHTS),
    joinBySnapshot: async (index) => {
      const node = nodes[index]!;
      await stopNode(node);
      emptyNode(node);
      const vouching = nodes.filter((other) => other !== node && other.process !== undefined);
      await expectSnapshot(node, [vouching[0]!, vouching[1]!], ledger, nativeCrypto);
      await startNode(node, ledger, SNAPSHOT_HEIGHTS);
      await untilTaking(node);
      const engine = node.engine!;
      const { firstHeight } = await engine.status();
      return { base: firstHeight - 1n, query: engine.query };
    },
    contradict: async (index) => {
      expect(index).toBe(TWIN);
      await startNode(nodes.at(-1)!, ledger, SNAPSHOT_HEIGHTS);
    },
    close: async () => {
      for (const node of nodes) await stopNode(node);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(cometbftProgram() === undefined)('with CometBFT (COMETBFT names it)', () => {
  engineConformance('cometbft', network);
});
