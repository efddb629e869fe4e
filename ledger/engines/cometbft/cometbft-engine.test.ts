import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
import { makeLedgerHome, type Member } from '#ledger/engines/testing/ledger-home.ts';

/** Few heights, so that snapshots and a restart from one are met. */
const SNAPSHOT_HEIGHTS = 8;
const OUTCOME_MS = 20_000;
/** Transactions until the twins must have been caught: each is a round of three or four proposers. */
const TWIN_TURNS_MAX = 300;

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

/** Two machines with one key, as after a careless restore: sooner or later they vote differently in one round. */
async function testTwins(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-twins-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  const [alice, bob] = ledger.members as [Member, Member];
  const secretKeys = [...ledger.validatorKeys, ledger.validatorKeys[3]!];
  const nodes = await makeCometbftNetwork({ folder, ledger, secretKeys, crypto: nativeCrypto });
  try {
    await Promise.all(nodes.map((node) => startNode(node, ledger)));
    await untilTaking(nodes[0]!);
    const engine = nodes[0]!.engine!;
    let equivocations: bigint | undefined;
    for (let turn = 0; turn < TWIN_TURNS_MAX && !equivocations; turn += 1) {
      const admitted = await engine.submit(ledger.transfer(alice, bob));
      if (admitted.ok) await engine.outcome(admitted.txId, OUTCOME_MS);
      const answer = await engine.query('node', { id: 4n });
      equivocations = answer.ok ? (answer.value as { equivocations: bigint }).equivocations : undefined;
    }
    expect(equivocations).toBeGreaterThan(0n);
    const others = await engine.query('node', { id: 1n });
    expect(others).toMatchObject({ ok: true, value: { equivocations: 0n } });
  } finally {
    for (const node of nodes) await stopNode(node);
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(cometbftProgram() === undefined)('with CometBFT (COMETBFT names it)', () => {
  engineConformance('cometbft', network);
  test(
    'a validator that signs two conflicting votes is recorded on the ledger, by the evidence that its peers show [8.2.1-a]',
    { timeout: 120_000 },
    testTwins,
  );
});
