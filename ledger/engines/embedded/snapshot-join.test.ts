import { describe, expect, test } from 'vitest';
import { wholeSnapshot } from '#ledger/abci/snapshot.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { rootOf } from '#ledger/engines/testing/counter-application.ts';
import { Cluster, type ClusterOptions } from '#ledger/sim/cluster.ts';
import { saveSnapshot } from '#ledger/storage/snapshot-store.ts';
import { createCrashingDisk } from '#ledger/storage/testing/crashing-disk.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { checkFolder } from './folder-check.ts';
import { encodePeerMessage, type PeerMessage } from './peer-message.ts';
import { headOf } from './receipts.ts';
import { PART_MS } from './snapshot-join.ts';

const JOINER = 3;
const BEHIND_MIN = 4n;
const WAIT_MS = 60_000;

type Tamper = NonNullable<ClusterOptions['tamper']>;

function countOf(cluster: Cluster, index: number): unknown {
  const answer = cluster.nodes[index]!.files?.application.query('count', null);
  return answer?.ok === true ? answer.value : undefined;
}

function running(cluster: Cluster): number[] {
  return [...cluster.nodes.keys()].filter((index) => cluster.nodes[index]!.validator !== undefined);
}

/** Until so many transactions are executed by everybody who runs. */
function isCounted(cluster: Cluster, count: number): boolean {
  return cluster.run(() => running(cluster).every((index) => countOf(cluster, index) === BigInt(count)), WAIT_MS);
}

/** Numbered transactions one after the other, each executed by everybody who runs. */
function play(cluster: Cluster, from: number, to: number): void {
  for (let turn = from; turn < to; turn += 1) {
    cluster.submit(`transaction ${turn}`);
    expect(isCounted(cluster, turn + 1), `transaction ${turn}`).toBe(true);
  }
}

function takeSnapshot(cluster: Cluster, index: number): void {
  const { disk, files } = cluster.nodes[index]!;
  files!.log.sync();
  saveSnapshot(disk, '/validator', cluster.network.genesisHash, wholeSnapshot(files!.application.snapshot()));
}

interface Setting {
  readonly seed: number;
  readonly tamper?: Tamper;
  /** Who of the others takes a snapshot. */
  readonly keepers?: readonly number[];
}

/** Three of four with eight transactions, snapshots after the sixth, and a fourth that has never run. */
function playWithout({ seed, tamper, keepers = [0, 1, 2] }: Setting): Cluster {
  const cluster = new Cluster({ crypto: nativeCrypto, seed, behindMin: BEHIND_MIN, tamper });
  for (const index of [0, 1, 2]) cluster.start(index);
  play(cluster, 0, 6);
  for (const index of keepers) takeSnapshot(cluster, index);
  play(cluster, 6, 8);
  return cluster;
}

function baseOf(cluster: Cluster, index: number): bigint {
  return cluster.nodes[index]!.files?.origin?.height ?? 0n;
}

function expectSound(cluster: Cluster, where: string): void {
  expect(cluster.nodes.map(({ halted }) => halted)).toEqual(cluster.nodes.map(() => undefined));
  for (const index of running(cluster)) {
    const verdict = checkFolder(cluster.filesOptions(index));
    expect(verdict.ok ? verdict.report.base : verdict.sentence, `${where}, ${index}`).toBe(baseOf(cluster, index));
  }
}

/** The fourth is needed from now on, and what it executed is what the others did. */
function expectTakesPart(cluster: Cluster, from: number): void {
  // It follows for a height or two before it votes.
  play(cluster, from, from + 4);
  cluster.crash(1);
  play(cluster, from + 4, from + 6);
  cluster.start(1);
  expect(isCounted(cluster, from + 6)).toBe(true);
}

/** What a peer might send in place of a snapshot, or of a chunk. */
function altered(value: Uint8Array, at: number): Uint8Array {
  const copy = value.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** A manifest that is true of these chunks, so that only the app hash of the restored state shows the lie. */
function withChunks(manifest: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  const decoded = decode(manifest);
  const fields = decoded.ok ? (decoded.value as Record<string, CborValue>) : {};
  const hashes = chunks.map((each) => nativeCrypto.sha256(each));
  return encode({ ...fields, chunks: hashes, stateRoot: rootOf(chunks, nativeCrypto) });
}

const FALSE_CHUNK = new TextEncoder().encode('never decided');

const LIES: Readonly<Record<string, (message: PeerMessage) => readonly PeerMessage[]>> = {
  'has no snapshot': (message) => [message.kind === 'snapshot' ? { ...message, offer: undefined } : message],
  'does not answer': (message) => (message.kind === 'snapshot' ? [] : [message]),
  'alters what shows the state to be decided': (message) =>
    message.kind === 'snapshot' && message.offer !== undefined
      ? [{ kind: 'snapshot', offer: { ...message.offer, origin: altered(message.offer.origin, 200) } }]
      : [message],
  'alters the manifest': (message) =>
    message.kind === 'snapshot' && message.offer !== undefined
      ? [{ kind: 'snapshot', offer: { ...message.offer, manifest: altered(message.offer.manifest, 5) } }]
      : [message],
  'alters a chunk': (message) =>
    message.kind === 'chunk' && message.index === 2 ? [{ ...message, bytes: altered(message.bytes, 3) }] : [message],
  'has a state that nobody decided': (message) => {
    if (message.kind === 'chunk') return [{ ...message, bytes: FALSE_CHUNK }];
    if (message.kind !== 'snapshot' || message.offer === undefined) return [message];
    const { manifest, origin } = message.offer;
    return [{ kind: 'snapshot', offer: { manifest: withChunks(manifest, [FALSE_CHUNK]), origin } }];
  },
  'stops in the middle': (message) => (message.kind === 'chunk' && message.index > 2 ? [] : [message]),
};

function lying(liars: readonly number[], lie: (message: PeerMessage) => readonly PeerMessage[]): Tamper {
  return (from, _to, message, bytes) =>
    liars.includes(from) && (message.kind === 'snapshot' || message.kind === 'chunk')
      ? lie(message).map(encodePeerMessage)
      : [bytes];
}

describe('a validator that joins by a snapshot', () => {
  test('fetches the blocks after it alone, takes part in the quorum, and stands there after a restart [7.2.2-d, 8.3.1-a]', () => {
    const fetched = new Set<bigint>();
    const cluster = playWithout({
      seed: 1,
      tamper: (from, _to, message, bytes) => {
        if (from === JOINER && message.kind === 'block-request') fetched.add(message.height);
        return [bytes];
      },
    });
    cluster.start(JOINER);
    expect(isCounted(cluster, 8)).toBe(true);
    const base = baseOf(cluster, JOINER);
    expect(base).toBeGreaterThan(BEHIND_MIN);
    expect(cluster.nodes[JOINER]!.files!.log.block(base)).toBeUndefined();
    expect([...fetched].every((height) => height > base)).toBe(true);
    expectTakesPart(cluster, 8);
    cluster.crash(JOINER);
    cluster.start(JOINER);
    expect(baseOf(cluster, JOINER)).toBe(base);
    play(cluster, 14, 16);
    expectSound(cluster, 'after a restart');
  });

  test('knows the validators that were admitted and removed before it came, and who signs for them [7.2.2-d, 8.2.1-a]', () => {
    const cluster = new Cluster({ crypto: nativeCrypto, seed: 2, keys: 6, behindMin: BEHIND_MIN });
    for (const index of [0, 1, 2, 3, 4]) cluster.start(index);
    play(cluster, 0, 1);
    cluster.submitChange(4, 1n);
    expect(isCounted(cluster, 2)).toBe(true);
    play(cluster, 2, 4);
    cluster.submitChange(0, 0n);
    expect(isCounted(cluster, 5)).toBe(true);
    play(cluster, 5, 8);
    for (const index of [0, 1, 2, 3, 4]) takeSnapshot(cluster, index);
    play(cluster, 8, 10);
    cluster.start(5);
    expect(isCounted(cluster, 10)).toBe(true);
    expect(baseOf(cluster, 5)).toBeGreaterThan(0n);
    const { files, validator } = cluster.nodes[5]!;
    const { schedule, commit } = validator!.chain();
    expect(schedule).toEqual(cluster.nodes[1]!.validator!.chain().schedule);
    const { network, secretKeys } = cluster;
    const source = { network, crypto: nativeCrypto, log: files!.log, origin: files!.origin, methodTypes: {} };
    const head = headOf({ ...source, changes: new Map(), schedule: () => schedule }, 1n, commit);
    const founders = secretKeys.slice(0, 4).map((key) => nativeCrypto.publicKey(key));
    const verdict = verifyHead(head, { genesisHash: network.genesisHash, validators: founders }, nativeCrypto);
    expect(verdict.steps.find(({ name }) => name === 'trail')?.sentence).toMatch(/^2 changes/);
    expect(verdict.authenticated).toBe(true);
    expectSound(cluster, 'after two changes');
  });

  test.each(Object.entries(LIES))(
    'believes no peer: where one %s the next is asked, and where all do the blocks are fetched [7.2.2-c, 7.2.2-d]',
    (_name, lie) => {
      for (const liars of [
        [0, 1],
        [1, 2],
        [0, 2],
        [0, 1, 2],
      ]) {
        const cluster = playWithout({ seed: 3, tamper: lying(liars, lie) });
        cluster.start(JOINER);
        expect(isCounted(cluster, 8)).toBe(true);
        if (liars.length === 3) expect(baseOf(cluster, JOINER)).toBe(0n);
        else expect(baseOf(cluster, JOINER)).toBeGreaterThan(BEHIND_MIN);
        expectTakesPart(cluster, 8);
        expectSound(cluster, `lied to by ${liars.join()}`);
      }
    },
  );

  test('asks the next peer when the one that hands over the snapshot is gone [7.2.2-d]', () => {
    let giver: number | undefined;
    const cluster = playWithout({
      seed: 4,
      tamper: (from, _to, message, bytes) => {
        if (message.kind === 'chunk') giver ??= from;
        return [bytes];
      },
    });
    cluster.start(JOINER);
    expect(cluster.run(() => giver !== undefined, WAIT_MS)).toBe(true);
    expect(baseOf(cluster, JOINER)).toBe(0n);
    cluster.crash(giver!);
    // At once: long before an answer would be overdue.
    expect(cluster.run(() => baseOf(cluster, JOINER) > 0n, PART_MS / 5)).toBe(true);
    expect(isCounted(cluster, 8)).toBe(true);
    cluster.start(giver!);
    expectTakesPart(cluster, 8);
    expectSound(cluster, 'without its giver');
  });

  test('waits for a peer with a snapshot that has not spoken yet, and no longer for one that says nothing [7.2.2-d]', () => {
    const settings = [
      { keepers: [2], silentMs: 2_000, isJoined: true },
      { keepers: [2], silentMs: 20_000, isJoined: false },
      { keepers: [], silentMs: 0, isJoined: false },
    ];
    for (const { keepers, silentMs, isJoined } of settings) {
      let isSilent = true;
      const tamper: Tamper = (from, to, _message, bytes) => (isSilent && from === 2 && to === JOINER ? [] : [bytes]);
      const cluster = playWithout({ seed: 5, keepers, tamper });
      cluster.start(JOINER);
      cluster.run(() => false, silentMs);
      isSilent = false;
      expect(isCounted(cluster, 8)).toBe(true);
      expect(baseOf(cluster, JOINER) > 0n).toBe(isJoined);
    }
  });

  test(
    'a power cut at any operation of joining leaves a folder that opens and joins again [7.2.2-d, 8.2.1-a]',
    { timeout: 120_000 },
    () => {
      const whole = playWithout({ seed: 6 });
      whole.start(JOINER);
      expect(isCounted(whole, 8)).toBe(true);
      const operations = whole.nodes[JOINER]!.disk.operations();
      expect(operations).toBeGreaterThan(15);
      let joined = 0;
      for (let cut = 1; cut <= operations; cut += 1) {
        const cluster = playWithout({ seed: 100 + cut });
        cluster.nodes[JOINER]!.disk.cutPowerAfter(cut);
        cluster.start(JOINER);
        cluster.run(() => cluster.nodes[JOINER]!.validator === undefined, 2_000);
        if (cluster.nodes[JOINER]!.validator === undefined) cluster.start(JOINER);
        expect(cluster.nodes[JOINER]!.halted, `cut at ${cut}`).toBeUndefined();
        expect(isCounted(cluster, 8), `cut at ${cut}`).toBe(true);
        play(cluster, 8, 9);
        expectSound(cluster, `cut at ${cut}`);
        joined += baseOf(cluster, JOINER) > 0n ? 1 : 0;
      }
      expect(joined).toBe(operations);
    },
  );

  test('whose folder was lost in the middle of a height does not vote there again [7.2.2-d, 8.2.1-a]', () => {
    for (let seed = 200; seed < 212; seed += 1) {
      let isStuck = false;
      const cluster = new Cluster({
        crypto: nativeCrypto,
        seed,
        behindMin: BEHIND_MIN,
        // Votes reach nobody: each has given its own, and the height goes on undecided.
        tamper: (_from, _to, message, bytes) => (isStuck && message.kind === 'vote' ? [] : [bytes]),
      });
      for (const index of [0, 1, 2, 3]) cluster.start(index);
      play(cluster, 0, 6);
      for (const index of [0, 1, 2]) takeSnapshot(cluster, index);
      play(cluster, 6, 8);
      isStuck = true;
      cluster.submit('transaction 8');
      cluster.run(() => false, 300);
      cluster.crash(JOINER);
      cluster.nodes[JOINER]!.disk = createCrashingDisk();
      isStuck = false;
      cluster.start(JOINER);
      expect(isCounted(cluster, 9), `seed ${seed}`).toBe(true);
      expect(baseOf(cluster, JOINER)).toBeGreaterThan(0n);
      expectTakesPart(cluster, 9);
      // Who votes twice differently, also in another life, ends the run (sim/watch.ts).
      expectSound(cluster, `seed ${seed}`);
    }
  });

  test(
    'under loss and crashes of any, it stands where the others do, by the snapshot or by the blocks [7.2.2-d, 8.2.1-a]',
    { timeout: 120_000 },
    () => {
      let joined = 0;
      for (let seed = 300; seed < 316; seed += 1) {
        let isLossy = false;
        let sent = 0;
        const cluster = playWithout({
          seed,
          // One message in twelve, by a count that chance (the seed) shifts against what is sent.
          tamper: (_from, _to, _message, bytes) => (isLossy && (sent += 1) % 12 === seed % 12 ? [] : [bytes]),
        });
        isLossy = true;
        cluster.start(JOINER);
        cluster.run(() => false, (seed * 7) % 60);
        const struck = seed % 4;
        cluster.crash(struck);
        cluster.run(() => false, 500);
        cluster.start(struck);
        cluster.submit('transaction 8');
        cluster.run(() => false, 5_000);
        isLossy = false;
        // A submitted transaction waits in memory only: a crash or a loss may have taken it from whoever had it.
        cluster.submit('transaction 8');
        expect(isCounted(cluster, 9), `seed ${seed}`).toBe(true);
        expectTakesPart(cluster, 9);
        expectSound(cluster, `seed ${seed}`);
        joined += baseOf(cluster, JOINER) > 0n ? 1 : 0;
      }
      expect(joined).toBeGreaterThan(4);
    },
  );
});
