import { describe, expect, test } from 'vitest';
import { decodeBlock } from '#ledger/core/block.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import type { DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { PRECOMMIT, PREVOTE } from '#ledger/core/vote.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { listSnapshots } from '#ledger/storage/snapshot-store.ts';
import { checkFolder } from './folder-check.ts';
import { signVote } from './network.ts';
import { encodePeerMessage } from './peer-message.ts';

const ALL = [0, 1, 2, 3];

function startAll(cluster: Cluster): void {
  for (const index of ALL) cluster.start(index);
}

function isEverybodyAt(cluster: Cluster, height: bigint): () => boolean {
  return () => ALL.every((index) => cluster.height(index) >= height);
}

function countOf(cluster: Cluster, index: number): unknown {
  const answer = cluster.nodes[index]!.files?.application.query('count', null);
  return answer?.ok === true ? answer.value : undefined;
}

function evidenceIn(cluster: Cluster, index: number): readonly DuplicateVoteEvidence[] {
  const found: DuplicateVoteEvidence[] = [];
  for (let height = 1n; height <= cluster.height(index); height += 1n) {
    const stored = cluster.nodes[index]!.files?.log.block(height);
    found.push(...(stored === undefined ? [] : (decodeBlock(stored.content)?.evidence ?? [])));
  }
  return found;
}

function isAway(cluster: Cluster, index: number): boolean {
  return cluster.nodes[index]!.validator === undefined;
}

/** Transactions one after the other, each decided by everybody who runs. */
function play(cluster: Cluster, from: number, to: number): void {
  for (let turn = from; turn < to; turn += 1) {
    cluster.submit(`transaction ${turn}`);
    cluster.run(
      () => ALL.every((index) => isAway(cluster, index) || countOf(cluster, index) === BigInt(turn + 1)),
      30_000,
    );
  }
}

/** Of those that run: a crashed one may have a torn end, which its next start cuts. */
function expectSoundFolders(cluster: Cluster, where: string): void {
  for (const index of ALL.filter((each) => !isAway(cluster, each))) {
    const verdict = checkFolder(cluster.filesOptions(index));
    expect(verdict.ok ? '' : verdict.sentence, `${where}, folder ${index}`).toBe('');
  }
}

describe('four validators on virtual time', () => {
  test('decide what waits at once, carry the new app hash in the next block, and make a block every 10 s when idle [8.2.1-a, 8.3.1-a]', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 1 });
    startAll(cluster);
    expect(cluster.run(isEverybodyAt(cluster, 1n), 1_000)).toBe(true);
    const begunMs = cluster.nowMs();
    cluster.submit('a');
    expect(cluster.run(() => ALL.every((index) => countOf(cluster, index) === 1n), 1_000)).toBe(true);
    expect(cluster.run(isEverybodyAt(cluster, 3n), 1_000)).toBe(true);
    expect(cluster.nowMs() - begunMs).toBeLessThan(200);
    cluster.run(() => false, 9_000);
    expect(cluster.height(0)).toBe(3n);
    expect(cluster.run(isEverybodyAt(cluster, 4n), 2_000)).toBe(true);
    expectSoundFolders(cluster, 'after an idle block');
  });

  test(
    'a power cut at every operation of one validator, those of its snapshots among them: nobody decides differently, nobody votes twice, it comes back by itself [8.2.1-a]',
    { timeout: 120_000 },
    () => {
      const whole = new Cluster({ crypto: nativeCrypto, seed: 2, snapshotHeights: 2 });
      startAll(whole);
      play(whole, 0, 3);
      expect(listSnapshots(whole.nodes[1]!.disk, whole.filesOptions(1).folder)).not.toEqual([]);
      const operations = whole.nodes[1]!.disk.operations();
      for (let cut = 1; cut <= operations; cut += 1) {
        const cluster = new Cluster({ crypto: nativeCrypto, seed: cut, snapshotHeights: 2 });
        cluster.nodes[1]!.disk.cutPowerAfter(cut);
        startAll(cluster);
        play(cluster, 0, 3);
        if (cluster.nodes[1]!.validator === undefined) cluster.start(1);
        expect(cluster.nodes[1]!.halted, `cut at ${cut}`).toBeUndefined();
        play(cluster, 3, 5);
        const isDone = cluster.run(() => ALL.every((index) => countOf(cluster, index) === 5n), 60_000);
        expect(isDone, `cut at ${cut}: ${ALL.map((index) => String(countOf(cluster, index)))}`).toBe(true);
        expectSoundFolders(cluster, `cut at ${cut}`);
      }
    },
  );

  test(
    'a power cut of all four at once, at every operation: what anybody decided stands, and it goes on [8.2.1-a]',
    { timeout: 120_000 },
    () => {
      const whole = new Cluster({ crypto: nativeCrypto, seed: 2 });
      startAll(whole);
      play(whole, 0, 2);
      const operations = whole.nodes[2]!.disk.operations();
      for (let cut = 1; cut <= operations; cut += 1) {
        const cluster = new Cluster({ crypto: nativeCrypto, seed: cut + 10_000 });
        cluster.nodes[2]!.disk.cutPowerAfter(cut);
        startAll(cluster);
        for (const text of ['transaction 0', 'transaction 1']) {
          cluster.submit(text);
          cluster.run(() => cluster.nodes[2]!.validator === undefined, 200);
        }
        for (const index of ALL) if (cluster.nodes[index]!.validator !== undefined) cluster.crash(index);
        startAll(cluster);
        for (const text of ['transaction 0', 'transaction 1', 'transaction 2']) cluster.submit(text);
        const isDone = cluster.run(() => ALL.every((index) => countOf(cluster, index) === 3n), 120_000);
        expect(isDone, `cut at ${cut}: ${ALL.map((index) => String(countOf(cluster, index)))}`).toBe(true);
        for (const index of ALL) expect(cluster.nodes[index]!.halted, `cut at ${cut}`).toBeUndefined();
        expectSoundFolders(cluster, `cut at ${cut}`);
      }
    },
  );

  test('one that was away fetches what it missed, verifies it, and takes part again', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 4 });
    startAll(cluster);
    play(cluster, 0, 2);
    cluster.crash(3);
    play(cluster, 2, 12);
    cluster.start(3);
    expect(cluster.run(() => countOf(cluster, 3) === 12n, 30_000)).toBe(true);
    cluster.crash(0);
    play(cluster, 12, 14);
    expect(countOf(cluster, 3)).toBe(14n);
    expectSoundFolders(cluster, 'after block sync');
  });

  test('damage in the middle of a journal is cut back, fetched from the others, and nothing is signed twice meanwhile [8.2.1-a]', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 5, segmentBytes: 16 * 1024 });
    startAll(cluster);
    play(cluster, 0, 8);
    cluster.crash(2);
    const disk = cluster.nodes[2]!.disk;
    const [first] = disk.list('/validator').filter((name) => name.endsWith('.seg'));
    disk.damage(`/validator/${first}`, (bytes) => bytes.fill(0xa5, 5_000, 5_100));
    expect(checkFolder(cluster.filesOptions(2))).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/journal-.*offset \d+ is damaged/),
    });
    cluster.start(2);
    expect(cluster.nodes[2]!.halted).toBeUndefined();
    expect(cluster.nodes[2]!.files?.notes.join(' ')).toMatch(/fetched from the other validators/);
    play(cluster, 8, 12);
    expect(cluster.run(() => countOf(cluster, 2) === 12n, 60_000)).toBe(true);
    cluster.run(() => false, 25_000);
    cluster.crash(0);
    play(cluster, 12, 13);
    expect(countOf(cluster, 2)).toBe(13n);
    expectSoundFolders(cluster, 'after repair');
  });

  test('a full disk or an input/output error halts one validator with a sentence, and the others go on', () => {
    for (const code of ['ENOSPC', 'EIO'] as const) {
      const cluster = new Cluster({ crypto: nativeCrypto, seed: 6 });
      startAll(cluster);
      play(cluster, 0, 2);
      cluster.nodes[3]!.disk.failAfter(1, code);
      play(cluster, 2, 4);
      expect(String(cluster.nodes[3]!.halted)).toContain(code);
      expect(countOf(cluster, 0)).toBe(4n);
    }
  });

  test('two different votes of one validator become evidence in a block, once, whichever comes when, and the others are unharmed [8.2.1-a]', () => {
    let prevotes = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const cluster = new Cluster({
        crypto: nativeCrypto,
        seed,
        tamper: (from, _to, message, bytes, network) => {
          const isTarget = from === 3 && message.kind === 'vote' && message.signed.vote.valueId !== null;
          if (!isTarget || message.signed.vote.height !== 3n) return [bytes];
          const vote = { ...message.signed.vote, valueId: null };
          const signer = { crypto: nativeCrypto, secretKey: cluster.secretKeys[3]! };
          const second = signVote(network, vote, message.signed.timestampMs, signer);
          return [bytes, encodePeerMessage({ kind: 'vote', signed: second })];
        },
      });
      startAll(cluster);
      play(cluster, 0, 6);
      const carried = evidenceIn(cluster, 0);
      // The precommit always, the prevotes where both came before the height was over; each once, however often they were sent.
      const types = carried.map((each) => each.voteA.type);
      expect(types, `seed ${seed}`).toContain(PRECOMMIT);
      expect(new Set(types).size, `seed ${seed}`).toBe(types.length);
      prevotes += types.filter((type) => type === PREVOTE).length;
      for (const each of carried) expect(each.voteA.height).toBe(3n);
      cluster.crash(1);
      cluster.start(1);
      play(cluster, 6, 8);
      expect(evidenceIn(cluster, 1)).toEqual(carried);
      expectSoundFolders(cluster, `seed ${seed}, with evidence`);
    }
    expect(prevotes).toBeGreaterThan(6);
  });

  test('a peer that hands over altered blocks is passed over, and the one that was away still catches up', () => {
    const cluster = new Cluster({
      crypto: nativeCrypto,
      seed: 9,
      tamper: (from, _to, message, bytes) => {
        if (from !== 0 || message.kind !== 'block') return [bytes];
        const content = message.content.slice();
        content[content.length - 20] = (content[content.length - 20] ?? 0) ^ 1;
        return [encodePeerMessage({ ...message, content }), encodePeerMessage({ ...message, commit: content })];
      },
    });
    startAll(cluster);
    play(cluster, 0, 1);
    cluster.crash(2);
    play(cluster, 1, 6);
    cluster.start(2);
    expect(cluster.run(() => countOf(cluster, 2) === 6n, 60_000)).toBe(true);
    expect(cluster.nodes[2]!.halted).toBeUndefined();
    expectSoundFolders(cluster, 'after a lying peer');
  });

  test('who was away for many blocks catches up though blocks on their way are lost, and executes each in its turn [8.2.1-a]', () => {
    let sent = 0;
    const cluster = new Cluster({
      crypto: nativeCrypto,
      seed: 12,
      tamper: (_from, _to, message, bytes) => (message.kind === 'block' && (sent += 1) % 7 === 0 ? [] : [bytes]),
    });
    startAll(cluster);
    cluster.crash(2);
    play(cluster, 0, 40);
    cluster.start(2);
    expect(cluster.run(() => countOf(cluster, 2) === 40n, 120_000)).toBe(true);
    expect(sent).toBeGreaterThan(40);
    expectSoundFolders(cluster, 'after lost blocks');
  });

  test('a proposer whose clock is far ahead or behind cannot move block time: another round decides within the bound', () => {
    for (const skewMs of [60_000, -60_000]) {
      const cluster = new Cluster({ crypto: nativeCrypto, seed: 10, skewMs: [skewMs, 0, 0, 0] });
      startAll(cluster);
      play(cluster, 0, 8);
      expect(countOf(cluster, 1)).toBe(8n);
      for (let height = 1n; height <= cluster.height(1); height += 1n) {
        const stored = cluster.nodes[1]!.files?.log.block(height);
        const block = stored && decodeBlock(stored.content);
        expect(Number(milliseconds(block?.header.timeNs ?? 0n)) - cluster.nowMs()).toBeLessThanOrEqual(500);
      }
    }
  });

  test('damage at the very beginning of a journal is repaired as well', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 11 });
    startAll(cluster);
    play(cluster, 0, 4);
    cluster.crash(1);
    const disk = cluster.nodes[1]!.disk;
    const [first] = disk.list('/validator').filter((name) => name.endsWith('.seg'));
    disk.damage(`/validator/${first}`, (bytes) => bytes.fill(0, 0, 64));
    cluster.start(1);
    expect(cluster.nodes[1]!.halted).toBeUndefined();
    play(cluster, 4, 6);
    expect(cluster.run(() => countOf(cluster, 1) === 6n, 60_000)).toBe(true);
    expectSoundFolders(cluster, 'after repair from the beginning');
  });

  test('garbage, oversized and truncated messages of a peer change nothing', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 7 });
    startAll(cluster);
    play(cluster, 0, 1);
    const hostile = [
      new Uint8Array(0),
      utf8('hello'),
      new Uint8Array(9_000_000),
      Uint8Array.of(0x9f, 0xff),
      Uint8Array.of(0x81, 0x64),
    ];
    for (const bytes of hostile) for (const to of [1, 2, 3]) cluster.inject(0, to, bytes);
    play(cluster, 1, 3);
    expect(ALL.map((index) => cluster.nodes[index]!.halted)).toEqual([undefined, undefined, undefined, undefined]);
    expect(countOf(cluster, 1)).toBe(3n);
  });
});
