import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket, openEngine } from '#ledger/engines/open.ts';
import { finalizeBlockOf, initChainOf, openAbciPeer, type AbciPeer } from '#ledger/engines/testing/abci-peer.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { RECORDS } from './node-files.ts';

const SNAPSHOT_HEIGHTS = 4;
const NOTICED_MS = 30_000;
/** Nothing listens there: no test here submits. */
const NO_RPC = 'http://127.0.0.1:1';

let folder = '';
let ledger: LedgerHome;
let engine: Engine;
let peer: AbciPeer;
let failures: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-snapshot-'));
  ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  failures = [];
  const home = join(folder, 'node');
  mkdirSync(home);
  engine = openEngine({
    engine: 'cometbft',
    home,
    genesis: ledger.genesis,
    rpcUrl: NO_RPC,
    snapshotHeights: SNAPSHOT_HEIGHTS,
    notice: () => undefined,
    failed: (sentence) => failures.push(sentence),
  });
  await engine.start();
  peer = await openAbciPeer(abciSocket(home));
  await peer.ask(initChainOf(ledger.genesis, nativeCrypto));
});
afterEach(async () => {
  peer.close();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

const records = (): string => join(folder, 'node', RECORDS);

async function commitUpTo(last: bigint): Promise<void> {
  const [alice, bob] = ledger.members;
  for (let height = 1n; height <= last; height += 1n) {
    const timeMs = ledger.genesis.timeMs + height * 10n;
    await peer.ask(finalizeBlockOf({ height, timeMs, transactions: [ledger.transfer(alice!, bob!)] }));
    await peer.ask({ commit: {} });
  }
}

describe('a snapshot beside ABCI', () => {
  test('that the disk refuses ends the process with the reason, though no request was waiting for it [8.2.1-a]', async () => {
    mkdirSync(join(records(), 'snapshot-0000000000000004.bin'));
    await commitUpTo(4n);
    await vi.waitFor(() => expect(failures).toHaveLength(1), NOTICED_MS);
    expect(failures[0]).toMatch(/^Renaming .*snapshot-0000000000000004\.bin\.new failed \(EISDIR\)/);
  });

  test('that was begun just before a stop is whole or not there, and the stop is clean [8.2.1-a]', async () => {
    await commitUpTo(4n);
    await engine.stop();
    const names = readdirSync(records()).filter((name) => name.startsWith('snapshot'));
    expect(['', 'snapshot-0000000000000004.bin']).toContain(String(names));
    expect(failures).toEqual([]);
  });
});
