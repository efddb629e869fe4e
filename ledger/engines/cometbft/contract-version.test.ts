import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Machine } from '#ledger/abci/machine.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import { implementations, type Implementations } from '#ledger/contracts/registry.ts';
import { versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { LEAST_MICRO, token2Definition, withToken2 } from '#ledger/contracts/testing/token-2.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket } from '#ledger/engines/open.ts';
import { finalizeBlockOf, initChainOf, openAbciPeer } from '#ledger/engines/testing/abci-peer.ts';
import { makeLedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { createCometbftEngine } from './cometbft-engine.ts';

/** Nobody listens here: CometBFT is played by a peer that speaks ABCI. */
const NO_RPC = 'http://127.0.0.1:9';

test('behind ABCI a program without the version answers the block by an exception and fails with the sentence; upgraded, it executes the block that is delivered again [8.2.1-a]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-abci-version-'));
  const { genesis, members, ...ledger } = makeLedgerHome(join(folder, 'ledger'), 4, nativeCrypto);
  const home = join(folder, 'node');
  mkdirSync(home);
  const open = async (known: Implementations) => {
    const failures: string[] = [];
    const engine = createCometbftEngine({
      home,
      genesis,
      abciSocket: abciSocket(home),
      rpcUrl: NO_RPC,
      disk: realDisk,
      crypto: nativeCrypto,
      createApplication: () => new Machine(genesis, nativeCrypto, known),
      methodTypes: Object.fromEntries(methods.map((method) => [method.name, method.types])),
      snapshotHeights: 1_000,
      unavailable: 18,
      notice: () => undefined,
      failed: (sentence) => failures.push(sentence),
    });
    await engine.start();
    const peer = await openAbciPeer(abciSocket(home));
    const close = async (): Promise<void> => {
      peer.close();
      await engine.stop();
    };
    return { failures, peer, close };
  };
  const [first, second, third, fourth] = members as [(typeof members)[0], ...(typeof members)[number][]];
  const digest = versionDigest(token2Definition, nativeCrypto);
  const args = { contractName: 'token', newVersion: 2n, digest };
  const votes = [first, second!].map((who) => ledger.sign(who, 'Vote', { proposal: 1n, approve: true }));
  const less = () => ledger.transfer(third!, fourth!, LEAST_MICRO - 1n);
  const blocks = [
    { transactions: [ledger.sign(first, 'ProposeContractVersion', args), ...votes], afterMs: 10n },
    { transactions: [less()], afterMs: 2_009n },
    { transactions: [less(), ledger.transfer(third!, fourth!, LEAST_MICRO)], afterMs: 2_010n },
  ].map(({ transactions, afterMs }, index) =>
    finalizeBlockOf({ height: BigInt(index + 1), timeMs: genesis.timeMs + afterMs, transactions }),
  );
  try {
    const old = await open(implementations);
    await old.peer.ask(initChainOf(genesis, nativeCrypto));
    for (const block of blocks.slice(0, 2)) {
      const codes = (await old.peer.ask(block))?.finalizeBlock?.txResults.map(({ code }) => code);
      expect(codes?.every((code) => code === 0)).toBe(true);
      await old.peer.ask({ commit: {} });
    }
    const sentence = /^Block 3 is to be executed by version 2 of the contract token .* this program does not have\./;
    expect((await old.peer.ask(blocks[2]!))?.exception?.error).toMatch(sentence);
    await vi.waitFor(() => expect(old.failures).toEqual([expect.stringMatching(sentence)]));
    await old.close();

    const upgraded = await open(withToken2);
    const info = await upgraded.peer.ask({ info: { version: '', blockVersion: 0n, p2pVersion: 0n, abciVersion: '' } });
    expect(info?.info?.lastBlockHeight).toBe(2n);
    const done = (await upgraded.peer.ask(blocks[2]!))?.finalizeBlock;
    expect(done?.txResults.map(({ code }) => code)).toEqual([tokenCodes.AMOUNT_INVALID, 0]);
    await upgraded.peer.ask({ commit: {} });
    expect(upgraded.failures).toEqual([]);
    await upgraded.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
