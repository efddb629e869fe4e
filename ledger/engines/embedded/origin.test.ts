import { describe, expect, test } from 'vitest';
import { wholeSnapshot } from '#ledger/abci/snapshot.ts';
import { decodeBlock } from '#ledger/core/block.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { headerHash } from '#ledger/core/header.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { saveSnapshot } from '#ledger/storage/snapshot-store.ts';
import type { Chain } from './chain.ts';
import { networkOf } from './network.ts';
import { readOrigin } from './origin.ts';
import { createSnapshotSource } from './snapshot-source.ts';

const ALL = [0, 1, 2, 3, 4];
const WAIT_MS = 60_000;

/** The offer of a validator after two changes of the validators, its chain at the snapshot, and its headers up to there. */
function offered() {
  const cluster = new Cluster({ crypto: nativeCrypto, seed: 1, keys: 5 });
  const { network } = cluster;
  for (const index of ALL) cluster.start(index);
  const changes = [() => cluster.submitChange(4, 1n), () => cluster.submitChange(1, 0n)];
  const transactions = [...changes, ...[1, 2, 3].map((turn) => () => cluster.submit(`transaction ${turn}`))];
  const isReached = (height: bigint) => () => ALL.every((index) => cluster.height(index) >= height);
  for (const submit of transactions) {
    submit();
    expect(cluster.run(isReached(cluster.height(0) + 2n), WAIT_MS)).toBe(true);
  }
  const { disk, files, validator } = cluster.nodes[0]!;
  const chain = validator!.chain();
  saveSnapshot(disk, '/validator', network.genesisHash, wholeSnapshot(files!.application.snapshot()));
  cluster.submit('after the snapshot');
  expect(cluster.run(isReached(chain.height + 2n), WAIT_MS)).toBe(true);
  const source = createSnapshotSource(disk, '/validator', {
    network,
    crypto: nativeCrypto,
    log: files!.log,
    origin: undefined,
    methodTypes: {},
    changes: new Map(),
    schedule: () => validator!.chain().schedule,
  });
  const headers = Array.from({ length: Number(chain.height) }, (_, at) => {
    const stored = files!.log.block(BigInt(at + 1));
    return decodeBlock(stored!.content)!.header;
  });
  const { secretKeys } = cluster;
  return { network, secretKeys, chain, headers, origin: source.offer()!.origin };
}

/** All of a chain that a block is judged by. */
function judgedBy({ height, blockId, timeMs, appHash, resultsHash, schedule }: Chain): unknown {
  return { height, blockId, timeMs, appHash, resultsHash, schedule };
}

describe('where a validator begins that joined by a snapshot', () => {
  const { network, secretKeys, chain, headers, origin: bytes } = offered();

  test('is the chain as the others have it, with every header that evidence may speak of [7.2.2-d]', () => {
    const origin = readOrigin(bytes, network, nativeCrypto)!;
    expect(judgedBy(origin.chainWith(EMPTY_FRONTIER))).toEqual(judgedBy(chain));
    expect(origin.trail).toHaveLength(2);
    const past = headers.map(({ height }) => toHex(headerHash(origin.past.get(height)!.header, nativeCrypto)));
    expect(past).toEqual(headers.map((header) => toHex(headerHash(header, nativeCrypto))));
  });

  test('follows from the founders alone: of another network, cut, longer or altered anywhere it is none [7.2.2-c, 7.2.2-d]', () => {
    const others = secretKeys.map((key) => nativeCrypto.publicKey(nativeCrypto.sha256(key))).slice(0, 4);
    const other = networkOf({ hash: network.genesisHash, timeMs: 0n, publicKeys: others }, nativeCrypto);
    expect(readOrigin(bytes, other, nativeCrypto)).toBeUndefined();
    expect(readOrigin(bytes.slice(0, -1), network, nativeCrypto)).toBeUndefined();
    expect(readOrigin(Uint8Array.of(...bytes, 0), network, nativeCrypto)).toBeUndefined();
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      const origin = readOrigin(altered, network, nativeCrypto);
      // What more than two thirds signed without it is proved all the same: one precommit more or less.
      if (origin !== undefined) {
        expect(judgedBy(origin.chainWith(EMPTY_FRONTIER)), `byte ${at}`).toEqual(judgedBy(chain));
      }
    }
  });
});
