import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import { startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';
import { rounded } from './statistics.ts';

const MEMBERS = 64;
const BLOCKS = 2_000;
const TRANSFERS_A_TURN = 2_000;
const KILLS = 3;

/** Every byte of a folder, one file after the other: what no start that reads its files can do without. */
function readAll(folder: string): { bytes: number; ms: number } {
  const begunAt = performance.now();
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += readFileSync(join(entry.parentPath, entry.name)).length;
  }
  return { bytes, ms: performance.now() - begunAt };
}

/** Decides transfers until there are so many blocks. */
async function grow(node: NodeProcess, ledger: LedgerHome, blocks: number): Promise<number> {
  const door = await LedgerClient.connect(node.socket);
  let transactions = 0;
  for (;;) {
    const { height } = await door.status();
    if (height >= BigInt(blocks)) break;
    await decideAll([door], ledger, signTransfers(ledger, TRANSFERS_A_TURN));
    transactions += TRANSFERS_A_TURN;
  }
  await door.close();
  return transactions;
}

/** How long the ledger process takes to come back after kill -9 under load, against reading the same bytes. */
export async function benchRestart(blocksText = String(BLOCKS)): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  const ledger = makeLedgerHome(join(folder, 'home'), MEMBERS, nativeCrypto);
  let node = await startNodeProcess(ledger.home);
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const blocks = Number(blocksText) + (kill - 1) * (BLOCKS / 4);
      const transactions = await grow(node, ledger, blocks);
      await node.kill();
      const { bytes, ms } = readAll(ledger.home);
      const begunAt = performance.now();
      node = await startNodeProcess(ledger.home);
      const restartMs = performance.now() - begunAt;
      console.log(
        JSON.stringify({
          figure: 'restart',
          blocks,
          transactions,
          megabytes: Math.round(bytes / 1_000_000),
          restartMs: Math.round(restartMs),
          readMs: Math.round(ms),
          ratio: rounded(restartMs / ms),
        }),
      );
    }
  } finally {
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
