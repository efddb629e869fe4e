import { describe, expect, test } from 'vitest';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { committedBlock, readDecision } from './ledger-state.ts';

const ALL = [0, 1, 2, 3];
const HEIGHTS = 8n;

function blocksOf(cluster: Cluster, index: number): CommittedBlock[] {
  const blocks: CommittedBlock[] = [];
  for (let height = 1n; height <= HEIGHTS; height += 1n) {
    const stored = cluster.nodes[index]!.files?.log.block(height);
    if (stored)
      blocks.push(committedBlock(readDecision(stored, nativeCrypto), setAt(cluster.network.founders, height).set));
  }
  return blocks;
}

describe('a committed block', () => {
  test('is the same from every validator, and says in which round the one before it was decided [8.3.1-d]', () => {
    // A clock far ahead: no round of that proposer decides, so heights take a second one.
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 10, skewMs: [60_000, 0, 0, 0] });
    for (const index of ALL) cluster.start(index);
    const isThere = (): boolean => ALL.every((index) => cluster.height(index) >= HEIGHTS);
    for (let turn = 0; turn < Number(HEIGHTS) && !isThere(); turn += 1) {
      cluster.submit(`transaction ${turn}`);
      cluster.run(isThere, 30_000);
    }
    const [first, ...others] = ALL.map((index) => blocksOf(cluster, index));
    expect(first).toHaveLength(Number(HEIGHTS));
    expect(first![0]!.lastRound).toBe(0);
    expect(first!.some(({ lastRound }) => lastRound > 0)).toBe(true);
    for (const other of others) expect(other).toEqual(first);
  });
});
