import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';
import { rounded } from './statistics.ts';

const MEMBERS = 8;
const BLOCKS = 2_000;
const OUTCOME_MS = 60_000;
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

/** Decides transfers, a few at a time, until there are so many blocks. */
async function grow(node: NodeProcess, ledger: LedgerHome, blocks: number): Promise<void> {
  const door = await LedgerClient.connect(node.socket);
  const { members } = ledger;
  let isEnough = false;
  const watch = async (): Promise<void> => {
    while (!isEnough) isEnough = (await door.status()).height >= BigInt(blocks);
  };
  const work = members.map(async (member, at) => {
    while (!isEnough) {
      const admitted = await door.submit(ledger.transfer(member, members[(at + 1) % members.length]!));
      if (admitted.ok) await door.outcome(admitted.txId, OUTCOME_MS);
    }
  });
  await Promise.all([watch(), ...work]);
  await door.close();
}

/** How long the ledger process takes to come back after kill -9 under load, against reading the same bytes. */
export async function benchRestart(blocksText = String(BLOCKS)): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  const ledger = makeLedgerHome(join(folder, 'home'), MEMBERS, nativeCrypto);
  let node = await startNodeProcess(ledger.home);
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const blocks = Number(blocksText) + (kill - 1) * (BLOCKS / 4);
      await grow(node, ledger, blocks);
      await node.kill();
      const { bytes, ms } = readAll(ledger.home);
      const begunAt = performance.now();
      node = await startNodeProcess(ledger.home);
      const restartMs = performance.now() - begunAt;
      console.log(
        JSON.stringify({
          figure: 'restart',
          blocks,
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
