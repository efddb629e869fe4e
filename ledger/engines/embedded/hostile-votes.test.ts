import { describe, expect, test } from 'vitest';
import type { SignedVote } from '#ledger/consensus/types.ts';
import { decodeBlock, type Block } from '#ledger/core/block.ts';
import { nanoseconds, TIMESTAMP_MS_MAX } from '#ledger/core/time.ts';
import { PRECOMMIT } from '#ledger/core/vote.ts';
import { nativeCrypto as crypto } from '#ledger/engines/native-crypto.ts';
import { inParts } from '#ledger/sim/byzantine.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { checkFolder } from './folder-check.ts';
import { signVote } from './network.ts';
import { encodePeerMessage } from './peer-message.ts';

const CORRECT = [0, 1, 2];
const FAULTY = 3;
const HEIGHTS = 12n;

type Change = (signed: SignedVote) => SignedVote;

/** Four validators, of which the last proposes nothing, and sends each precommit that it makes for a block as `change` makes it. */
function clusterWith(seed: number, change: (cluster: Cluster) => Change): Cluster {
  let changed: Change = (signed) => signed;
  const cluster = new Cluster({
    crypto,
    seed,
    tamper: (from, _to, message, bytes) => {
      if (from === FAULTY && message.kind === 'proposal') return [];
      if (from !== FAULTY || message.kind !== 'vote' || message.signed.vote.validator !== cluster.addresses[FAULTY])
        return [bytes];
      const { kind, valueId: value } = message.signed.vote;
      return kind === 'precommit' && value !== null
        ? [encodePeerMessage({ kind: 'vote', signed: changed(message.signed) })]
        : [bytes];
    },
  });
  changed = change(cluster);
  for (const index of [...CORRECT, FAULTY]) cluster.start(index);
  return cluster;
}

function signedBy(cluster: Cluster, { vote, timestampMs }: SignedVote): SignedVote {
  return signVote(cluster.network, vote, timestampMs, { crypto, secretKey: cluster.secretKeys[FAULTY]! });
}

/** Transactions until everybody correct has decided so many heights, and what became of them. */
function expectGoesOn(cluster: Cluster, where: string): void {
  for (let turn = 0; cluster.height(0) < HEIGHTS; turn += 1) {
    const before = cluster.height(0);
    cluster.submit(`transaction ${turn}`);
    const isDecided = cluster.run(() => CORRECT.every((index) => cluster.height(index) > before), 20_000);
    expect(
      CORRECT.map((index) => cluster.nodes[index]!.halted),
      where,
    ).toEqual([undefined, undefined, undefined]);
    expect(isDecided, `${where}, height ${before + 1n}`).toBe(true);
  }
  for (const index of CORRECT) {
    cluster.crash(index);
    cluster.start(index);
    expect(cluster.nodes[index]!.halted, where).toBeUndefined();
    const verdict = checkFolder(cluster.filesOptions(index));
    expect(verdict.ok ? '' : verdict.sentence, where).toBe('');
  }
}

function blocksOf(cluster: Cluster): Block[] {
  const heights = Array.from({ length: Number(cluster.height(0)) }, (_, at) => BigInt(at + 1));
  return heights.map((height) => decodeBlock(cluster.nodes[0]!.files!.log.block(height)!.content)!);
}

describe('precommits that no correct validator makes', () => {
  test('for a block of no part stop nobody, though they are signed [8.2.1-a]', () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const cluster = clusterWith(seed, (of) => (signed) => {
        const value = inParts(signed.vote.valueId!, 0);
        return signedBy(of, { ...signed, vote: { ...signed.vote, valueId: value } });
      });
      expectGoesOn(cluster, `seed ${seed}`);
    }
  });

  test('for a block of more parts than a number of CometBFT holds stop nobody [8.2.1-a]', () => {
    for (const parts of [2 ** 31, 2 ** 32 - 1]) {
      const cluster = clusterWith(4, () => (signed) => {
        const value = inParts(signed.vote.valueId!, parts);
        return { ...signed, vote: { ...signed.vote, valueId: value } };
      });
      expectGoesOn(cluster, `${parts} parts`);
    }
  });

  test('of a time that no commit can carry stop nobody and stand in no commit, the last one that can does [8.2.1-a]', () => {
    for (const timestampMs of [TIMESTAMP_MS_MAX + 1n, 2n ** 63n - 1n, TIMESTAMP_MS_MAX]) {
      const cluster = clusterWith(5, (of) => (signed) => signedBy(of, { ...signed, timestampMs }));
      expectGoesOn(cluster, `time ${timestampMs}`);
      const isIn = blocksOf(cluster).some(({ lastCommit }) =>
        lastCommit.signatures.some((each) => each.timeNs === nanoseconds(timestampMs)),
      );
      expect(isIn, `time ${timestampMs}`).toBe(timestampMs === TIMESTAMP_MS_MAX);
    }
  });
});

describe('two precommits of one validator', () => {
  test('become evidence also when the second comes while the next height is in progress [8.2.1-a]', () => {
    let isHeld = true;
    let first: SignedVote | undefined;
    const cluster = new Cluster({
      crypto,
      seed: 6,
      tamper: (from, _to, message, bytes) => {
        if (message.kind === 'proposal' && message.signed.proposal.height === 4n && isHeld) return [];
        if (from !== FAULTY || message.kind !== 'vote' || message.signed.vote.height !== 3n) return [bytes];
        if (message.signed.vote.kind === 'precommit') first ??= message.signed;
        return [bytes];
      },
    });
    for (const index of [...CORRECT, FAULTY]) cluster.start(index);
    cluster.submit('a');
    expect(cluster.run(() => CORRECT.every((index) => cluster.height(index) === 3n), 5_000)).toBe(true);
    cluster.submit('b');
    cluster.run(() => false, 100);
    expect(CORRECT.map((index) => cluster.height(index))).toEqual([3n, 3n, 3n]);
    const second = signedBy(cluster, { ...first!, vote: { ...first!.vote, valueId: null } });
    for (let times = 0; times < 3; times += 1)
      for (const index of CORRECT) cluster.inject(FAULTY, index, encodePeerMessage({ kind: 'vote', signed: second }));
    cluster.run(() => false, 50);
    isHeld = false;
    expect(cluster.run(() => cluster.height(0) >= 6n, 60_000)).toBe(true);
    const evidence = blocksOf(cluster).flatMap((block) => block.evidence);
    expect(evidence).toMatchObject([{ voteA: { height: 3n, type: PRECOMMIT } }]);
    expect(evidence).toHaveLength(1);
  });
});
