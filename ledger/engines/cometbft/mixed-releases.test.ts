import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Machine } from '#ledger/abci/machine.ts';
import { versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { LEAST_MICRO, token2Definition, withToken2 } from '#ledger/contracts/testing/token-2.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import {
  cometbftProgram,
  makeCometbftNetwork,
  startNode,
  stopNode,
  untilTaking,
  type TestNode,
} from '#ledger/engines/testing/cometbft-network.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';

const OUTCOME_MS = 30_000;
const DIGEST = versionDigest(token2Definition, nativeCrypto);
const HALT = /^Block (\d+) is to be executed by version 2 of the contract token .* this program does not have\./;

const cometbft = cometbftProgram();
const reason = cometbft === undefined ? ' (skipped: COMETBFT names no CometBFT program)' : '';

let folder: string;
let ledger: LedgerHome;
let nodes: TestNode[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ip-releases-'));
  ledger = makeLedgerHome(join(folder, 'home'), 4, nativeCrypto);
  const secretKeys = ledger.validatorKeys;
  nodes = await makeCometbftNetwork({ folder, ledger, secretKeys, crypto: nativeCrypto });
});
afterEach(async () => {
  await Promise.all(nodes.map(stopNode));
  rmSync(folder, { recursive: true, force: true });
});

/** From now on it runs the release that has version 2 of token. */
function upgrade(node: TestNode): void {
  node.createApplication = (genesis, crypto) => new Machine(genesis, crypto, withToken2);
}

async function decide({ engine }: TestNode, bytes: Uint8Array): Promise<number | undefined> {
  const admitted = await engine!.submit(bytes);
  expect(admitted).toMatchObject({ ok: true });
  return admitted.ok ? (await engine!.outcome(admitted.txId, OUTCOME_MS))?.code : undefined;
}

const transfer = (node: TestNode, amountMicro: bigint): Promise<number | undefined> =>
  decide(node, ledger.transfer(ledger.members[2]!, ledger.members[3]!, amountMicro));

async function heightOf({ engine }: TestNode): Promise<bigint> {
  return (await engine!.status()).height;
}

/** What the node's CometBFT has of a block: the state's hash after the one before. */
async function appHashOf({ rpcUrl }: TestNode, height: bigint): Promise<string> {
  const answer = await fetch(`${rpcUrl}/block?height=${height}`, { signal: AbortSignal.timeout(OUTCOME_MS) });
  const { result } = (await answer.json()) as { result: { block: { header: { app_hash: string } } } };
  return result.block.header.app_hash;
}

async function vote(node: TestNode): Promise<void> {
  const [first, second] = ledger.members;
  const args = { contractName: 'token', newVersion: 2n, digest: DIGEST };
  expect(await decide(node, ledger.sign(first!, 'ProposeContractVersion', args))).toBe(0);
  for (const who of [first!, second!])
    expect(await decide(node, ledger.sign(who, 'Vote', { proposal: 1n, approve: true }))).toBe(0);
}

test.skipIf(cometbft === undefined)(
  `on CometBFT nodes with version 2 execute from its block on, one without halts with its sentence before that block while the others go on, and follows once it is upgraded [6.2.1-b] [8.2.1-a]${reason}`,
  { timeout: 180_000 },
  async () => {
    const [first, second, third, late] = nodes as [TestNode, TestNode, TestNode, TestNode];
    for (const node of [first, second, third]) upgrade(node);
    await Promise.all(nodes.map((node) => startNode(node, ledger)));
    await Promise.all(nodes.map(untilTaking));
    // Before the vote: on a slow machine the version is in force by the time that the vote's outcome is here.
    expect(await transfer(first, LEAST_MICRO - 1n)).toBe(0);
    await vote(first);

    // Two epochs of a second later it is in force; each try makes a block.
    await vi.waitFor(
      async () => expect(await transfer(first, LEAST_MICRO - 1n)).toBe(tokenCodes.AMOUNT_INVALID),
      OUTCOME_MS,
    );
    const height = await vi.waitFor(() => {
      const said = late.failures.map((sentence) => HALT.exec(sentence)?.[1]).find((found) => found !== undefined);
      expect(said).toBeDefined();
      return BigInt(said!);
    }, OUTCOME_MS);
    expect(await heightOf(late)).toBe(height - 1n);
    expect(await transfer(second, LEAST_MICRO)).toBe(0);
    expect(await heightOf(first)).toBeGreaterThan(height);

    await stopNode(late);
    upgrade(late);
    late.failures.length = 0;
    await startNode(late, ledger);
    await untilTaking(late);
    const reached = await heightOf(first);
    await vi.waitFor(async () => expect(await heightOf(late)).toBeGreaterThanOrEqual(reached), OUTCOME_MS);
    expect(await appHashOf(late, reached)).toBe(await appHashOf(first, reached));
    // With one of the others away, the one that halted is needed for every block.
    await stopNode(third);
    expect(await transfer(late, LEAST_MICRO)).toBe(0);
    expect(await transfer(first, LEAST_MICRO - 1n)).toBe(tokenCodes.AMOUNT_INVALID);
    expect(late.failures.filter((sentence) => HALT.test(sentence))).toEqual([]);
  },
);
