import { describe, expect, test } from 'vitest';
import { wholeSnapshot } from '#ledger/abci/snapshot.ts';
import { decodeBlock, type Block } from '#ledger/core/block.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { FOR_BLOCK } from '#ledger/core/commit.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { equalPowerSet, validatorAddress, validatorSetHash } from '#ledger/core/validator-set.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { changeOfValidator } from '#ledger/engines/testing/counter-application.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { saveSnapshot } from '#ledger/storage/snapshot-store.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { checkFolder } from './folder-check.ts';
import { signVote } from './network.ts';
import { encodePeerMessage } from './peer-message.ts';
import { headOf } from './receipts.ts';

const FOUNDERS = [0, 1, 2, 3];
const FIVE = [0, 1, 2, 3, 4];
const WAIT_MS = 60_000;

const keyOf = (cluster: Cluster, index: number): Uint8Array => nativeCrypto.publicKey(cluster.secretKeys[index]!);
const addressOf = (cluster: Cluster, index: number): Uint8Array =>
  validatorAddress(keyOf(cluster, index), nativeCrypto);

function createFive(seed: number): Cluster {
  const cluster = new Cluster({ crypto: nativeCrypto, seed, keys: 5 });
  for (const index of FIVE) cluster.start(index);
  return cluster;
}

function running(cluster: Cluster): number[] {
  return [...cluster.nodes.keys()].filter((index) => cluster.nodes[index]!.validator !== undefined);
}

function countOf(cluster: Cluster, index: number): unknown {
  const answer = cluster.nodes[index]!.files?.application.query('count', null);
  return answer?.ok === true ? answer.value : undefined;
}

/** Until so many transactions are executed by everybody who runs. */
function isCountedByAll(cluster: Cluster, count: number, forMs = WAIT_MS): boolean {
  return cluster.run(() => running(cluster).every((index) => countOf(cluster, index) === BigInt(count)), forMs);
}

/** Numbered transactions one after the other, each decided by everybody who runs; the numbers are those of the count. */
function play(cluster: Cluster, from: number, to: number): void {
  for (let turn = from; turn < to; turn += 1) {
    cluster.submit(`transaction ${turn}`);
    expect(isCountedByAll(cluster, turn + 1), `transaction ${turn}`).toBe(true);
  }
}

/** A change as transaction number `count`, decided and in force everywhere. */
function change(cluster: Cluster, index: number, power: 0n | 1n, count: number): void {
  cluster.submitChange(index, power);
  expect(isCountedByAll(cluster, count + 1)).toBe(true);
  const inForce = Math.max(...running(cluster).map((each) => Number(cluster.height(each)))) + 2;
  play(cluster, count + 1, count + 3);
  expect(cluster.run(() => running(cluster).every((each) => cluster.height(each) >= inForce), WAIT_MS)).toBe(true);
}

function blockOf(cluster: Cluster, index: number, height: bigint): Block {
  return decodeBlock(cluster.nodes[index]!.files!.log.block(height)!.content)!;
}

function blocksOf(cluster: Cluster, index: number): Block[] {
  return Array.from({ length: Number(cluster.height(index)) }, (_, at) => blockOf(cluster, index, BigInt(at + 1)));
}

/** Heights whose commit, as the next block carries it, holds a vote of this validator for the block. */
function signedHeights(cluster: Cluster, index: number): bigint[] {
  const address = addressOf(cluster, index);
  return blocksOf(cluster, running(cluster)[0]!).flatMap(({ lastCommit }) =>
    lastCommit.signatures.some((each) => each.flag === FOR_BLOCK && equal(each.validator, address))
      ? [lastCommit.height]
      : [],
  );
}

/** The height whose block carries a change of this validator. */
function heightOfChange(cluster: Cluster, index: number, power: 0n | 1n): bigint {
  const bytes = changeOfValidator(keyOf(cluster, index), power);
  const found = blocksOf(cluster, running(cluster)[0]!).find(({ transactions }) =>
    transactions.some((each) => equal(each, bytes)),
  );
  return found!.header.height;
}

function hashOf(cluster: Cluster, indexes: readonly number[]): string {
  const set = equalPowerSet(
    indexes.map((index) => keyOf(cluster, index)),
    nativeCrypto,
  );
  return toHex(validatorSetHash(set, nativeCrypto));
}

function expectSound(cluster: Cluster, where: string): void {
  for (const index of running(cluster)) {
    expect(cluster.nodes[index]!.halted, `${where}, validator ${index}`).toBeUndefined();
    const verdict = checkFolder(cluster.filesOptions(index));
    expect(verdict.ok ? '' : verdict.sentence, `${where}, folder ${index}`).toBe('');
  }
}

/** The newest head of a validator against the anchor of genesis: the sentence of its trail, 'none', or what failed. */
function trailOf(cluster: Cluster, index: number): string {
  const { network, nodes } = cluster;
  const { files, validator } = nodes[index]!;
  const schedule = validator!.chain().schedule;
  const source = {
    network,
    crypto: nativeCrypto,
    log: files!.log,
    methodTypes: {},
    origin: undefined,
    changes: new Map(),
  };
  const head = headOf({ ...source, schedule: () => schedule }, 1n, validator!.chain().commit);
  const anchor = { genesisHash: network.genesisHash, validators: FOUNDERS.map((each) => keyOf(cluster, each)) };
  const verdict = verifyHead(head, anchor, nativeCrypto);
  const failed = verdict.steps.find((step) => !step.ok);
  return failed?.sentence ?? verdict.steps.find((step) => step.name === 'trail')?.sentence ?? 'none';
}

describe('validators that change, on virtual time', () => {
  test('a fifth follows without a vote, is admitted and needed, and one of the first is removed and needed no more [7.2.2-d, 8.2.1-a]', () => {
    const cluster = createFive(1);
    play(cluster, 0, 2);
    expect(signedHeights(cluster, 4)).toEqual([]);
    expect(trailOf(cluster, 0)).toBe('none');
    change(cluster, 4, 1n, 2);
    const admitted = heightOfChange(cluster, 4, 1n);
    // Of five, four must sign: with one of the first away, nothing is decided without the fifth.
    cluster.crash(0);
    play(cluster, 5, 7);
    expect(trailOf(cluster, 4)).toMatch(/^One change/);
    cluster.start(0);
    expect(isCountedByAll(cluster, 7)).toBe(true);
    change(cluster, 1, 0n, 7);
    const removed = heightOfChange(cluster, 1, 0n);
    cluster.crash(0);
    play(cluster, 10, 12);
    expect(trailOf(cluster, 1)).toMatch(/^2 changes/);

    const signed = signedHeights(cluster, 4);
    expect(signed[0]).toBe(admitted + 2n);
    expect(signedHeights(cluster, 1).every((height) => height < removed + 2n)).toBe(true);
    const hashesAt = (height: bigint): string[] => {
      const { header } = blockOf(cluster, 2, height);
      return [toHex(header.validatorsHash), toHex(header.nextValidatorsHash)];
    };
    const [old, five, last] = [FOUNDERS, FIVE, [0, 2, 3, 4]].map((indexes) => hashOf(cluster, indexes));
    expect([0n, 1n, 2n].map((after) => hashesAt(admitted + after))).toEqual([
      [old, old],
      [old, five],
      [five, five],
    ]);
    expect([0n, 1n, 2n].map((after) => hashesAt(removed + after))).toEqual([
      [five, five],
      [five, last],
      [last, last],
    ]);
    expectSound(cluster, 'after two changes');
  });

  test('while everybody runs a change costs no round, and late precommits complete the commits of old set and new [7.2.2-d, 8.2.1-a]', () => {
    let [complete, total] = [0, 0];
    for (let seed = 100; seed < 108; seed += 1) {
      const cluster = createFive(seed);
      const steps: [index: number, power: 0n | 1n][] = [
        [4, 1n],
        [1, 0n],
        [1, 1n],
        [0, 0n],
      ];
      for (const [turn, [index, power]] of steps.entries()) {
        cluster.submitChange(index, power);
        // Time for the late precommits: with the next transaction there would be a block without them at once.
        cluster.run(() => false, 100);
        cluster.submit(`after change ${turn}`);
        cluster.run(() => false, 100);
      }
      expect(isCountedByAll(cluster, steps.length * 2)).toBe(true);
      for (const { lastCommit } of blocksOf(cluster, 2).slice(2)) {
        const isComplete = lastCommit.signatures.filter((each) => each.flag !== FOR_BLOCK).length === 0;
        complete += isComplete ? 1 : 0;
        total += 1;
        expect({ seed, height: lastCommit.height, round: lastCommit.round }).toMatchObject({ round: 0 });
      }
    }
    // Once in a while one comes too late even for the block that waits for it.
    expect(complete).toBeGreaterThan(total - 4);
  });

  test('one that was away meanwhile fetches every change, and without the quorum of the new set nothing is decided [7.2.2-d, 8.2.1-a]', () => {
    const cluster = createFive(2);
    play(cluster, 0, 1);
    cluster.crash(3);
    change(cluster, 4, 1n, 1);
    change(cluster, 0, 0n, 4);
    cluster.start(3);
    expect(isCountedByAll(cluster, 7)).toBe(true);
    cluster.crash(1);
    play(cluster, 7, 8);
    // Two of the four members are left; the removed one runs, and its vote does not count.
    cluster.crash(2);
    cluster.submit('transaction 8');
    expect(isCountedByAll(cluster, 9, 30_000)).toBe(false);
    cluster.start(2);
    expect(isCountedByAll(cluster, 9)).toBe(true);
    expectSound(cluster, 'after changes while one was away');
  });

  test.each([
    { of: 'the one that is admitted', index: 4 },
    { of: 'the one that is removed', index: 1 },
    { of: 'another', index: 2 },
  ])(
    'a power cut of $of at every operation of a change leaves the same chain everywhere [7.2.2-d, 8.2.1-a]',
    ({ index }) => {
      const act = (cluster: Cluster): void => {
        const isDone = (count: number): boolean => isCountedByAll(cluster, count, 30_000);
        for (const text of ['transaction 0', 'transaction 1']) cluster.submit(text);
        isDone(2);
        cluster.submitChange(4, 1n);
        isDone(3);
        cluster.submit('transaction 3');
        isDone(4);
        cluster.submitChange(1, 0n);
        isDone(5);
        cluster.submit('transaction 5');
        isDone(6);
      };
      const whole = createFive(3);
      act(whole);
      const operations = whole.nodes[index]!.disk.operations();
      expect(operations).toBeGreaterThan(20);
      for (let cut = 1; cut <= operations; cut += 1) {
        const cluster = new Cluster({ crypto: nativeCrypto, seed: cut, keys: 5 });
        cluster.nodes[index]!.disk.cutPowerAfter(cut);
        for (const each of FIVE) cluster.start(each);
        act(cluster);
        if (cluster.nodes[index]!.validator === undefined) cluster.start(index);
        expect(cluster.nodes[index]!.halted, `cut at ${cut}`).toBeUndefined();
        play(cluster, 6, 8);
        // A late cut falls here: chance makes more operations of some runs than of the whole one.
        if (cluster.nodes[index]!.validator === undefined) cluster.start(index);
        expect(isCountedByAll(cluster, 8), `cut at ${cut}`).toBe(true);
        expectSound(cluster, `cut at ${cut}`);
        const hashes = FIVE.map((each) =>
          toHex(setAt(cluster.nodes[each]!.validator!.chain().schedule, 1n << 60n).hash),
        );
        expect(new Set(hashes)).toEqual(new Set([hashOf(cluster, [0, 2, 3, 4])]));
      }
    },
    120_000,
  );

  test('a start from a snapshot of any height around a change knows the same sets as before [7.2.2-d, 8.3.1-a]', () => {
    for (let ahead = 0; ahead < 4; ahead += 1) {
      const cluster = createFive(4);
      play(cluster, 0, 1);
      cluster.submitChange(4, 1n);
      expect(isCountedByAll(cluster, 2)).toBe(true);
      for (let turn = 0; turn < ahead; turn += 1) cluster.submit(`more ${turn}`);
      expect(isCountedByAll(cluster, 2 + ahead)).toBe(true);
      const node = cluster.nodes[2]!;
      node.files!.log.sync();
      const snapshot = wholeSnapshot(node.files!.application.snapshot());
      saveSnapshot(node.disk, '/validator', cluster.network.genesisHash, snapshot);
      const before = node.validator!.chain();
      cluster.crash(2);
      cluster.start(2);
      expect(node.files!.snapshotHeight).toBe(before.height);
      expect(node.files!.chain.schedule).toEqual(before.schedule);
      play(cluster, 2 + ahead, 6 + ahead);
      cluster.crash(0);
      play(cluster, 6 + ahead, 7 + ahead);
      expectSound(cluster, `with a snapshot at height ${before.height}`);
    }
  });

  test('the last votes of a removed validator, when they contradict each other, are recorded after it has left [8.2.1-a]', () => {
    const secretKeys: Uint8Array[] = [];
    const cluster = new Cluster({
      crypto: nativeCrypto,
      seed: 5,
      keys: 5,
      tamper: (from, _to, message, bytes, network) => {
        if (from !== 3 || message.kind !== 'vote' || message.signed.vote.valueId === null) return [bytes];
        const vote = { ...message.signed.vote, valueId: null };
        const signer = { crypto: nativeCrypto, secretKey: secretKeys[3]! };
        const second = signVote(network, vote, message.signed.timestampMs, signer);
        return [bytes, encodePeerMessage({ kind: 'vote', signed: second })];
      },
    });
    secretKeys.push(...cluster.secretKeys);
    for (const index of FIVE) cluster.start(index);
    play(cluster, 0, 1);
    change(cluster, 4, 1n, 1);
    change(cluster, 3, 0n, 4);
    play(cluster, 7, 9);
    const lastHeight = heightOfChange(cluster, 3, 0n) + 1n;
    const late = blocksOf(cluster, 0).filter(({ evidence }) =>
      evidence.some(({ voteA }) => voteA.height === lastHeight && equal(voteA.validator, addressOf(cluster, 3))),
    );
    expect(late.length).toBeGreaterThan(0);
    for (const { header } of late) expect(header.height).toBeGreaterThan(lastHeight);
    expectSound(cluster, 'with evidence of one that has left');
  });
});
