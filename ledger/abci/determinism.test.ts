import { describe, expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { encode } from '#ledger/core/codec.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { appHash, decodeLeaf, eventsRoot } from '#ledger/core/receipt.ts';
import { recordKey } from '#ledger/core/record-key.ts';
import { verifyProof } from '#ledger/core/trie.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { backup, orderArgs, part } from '#ledger/contracts/testing/test-ledger.ts';
import { places, quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { Machine } from './machine.ts';
import { wholeSnapshot } from './snapshot.ts';
import { quickCrypto as quick } from './testing/quick-crypto.ts';
import { BLOCK_BYTES_MAX, TestNetwork, filled, person, type Person } from './testing/test-network.ts';

const crypto = nobleCrypto;

interface Recorded {
  readonly transactions: readonly Uint8Array[];
  readonly timeMs: bigint;
}

interface RecordAnswer {
  value: Uint8Array | null;
  proof: { leaf: { key: Uint8Array; value: Uint8Array } | null; steps: { bit: bigint; sibling: Uint8Array }[] };
}

/** A chain with every kind of command, failures, refusals, deliveries, lapses and settlements; returns its blocks. */
function liveChain(net: TestNetwork): Recorded[] {
  const blocks: Recorded[] = [];
  const block = (transactions: readonly Uint8Array[], afterMs = 100n) => {
    const made = net.block(transactions, afterMs);
    blocks.push({ transactions, timeMs: net.nowMs });
    return made;
  };
  block([net.sign(net.provider, 'AuthorizeKey', net.authorizeArgs())]);
  block(
    ['first', 'second'].map((sourceId) => net.sign(net.provider, 'PublishResource', net.publishArgs({ sourceId }))),
  );
  block([net.sign(net.customer, 'RequestRole', { role: 'NRP' })]);
  block(net.nodes.slice(0, 2).map((node) => net.sign(node, 'Vote', { proposal: 1n, approve: true })));
  const people: Person[] = [70, 71, 72].map((seed) => person(seed, crypto));
  block(people.map((who) => net.create(who)));
  people.forEach((who, index) => (who.account = BigInt(6 + index)));
  const use = { durationMs: 4_000n, holdMicro: 4_000n };
  for (let round = 0n; round < 3n; round++) {
    const first = round * 3n + 1n;
    block(people.map((who) => net.sign(who, 'Apply', net.applyArgs(use))));
    block([
      net.sign(people[0]!, 'Apply', net.applyArgs({ ...use, purpose: 'other' })),
      net.sign(people[1]!, 'Apply', net.applyArgs(use)),
    ]);
    const startsAtMs = net.nowMs;
    block(
      [0n, 1n].map((offset) =>
        net.sign(net.agent, 'Prepare', { agreement: first + offset, startsAtMs, descriptor: filled(5) }),
      ),
    );
    block([net.sign(people[0]!, 'RequestReissue', { agreement: first, encryptionKey: filled(8) })], 1_000n);
    block([net.sign(net.agent, 'Reissue', { agreement: first, issue: 2n, descriptor: filled(6) })]);
    const used = quantities({ bytes: 3n, calls: 1n, rows: 2n });
    const claim = { agreement: first, used, runs: runs(['kept', 1]), untilMs: startsAtMs + 1_000n };
    block([
      net.sign(net.agent, 'ClaimUsage', claim),
      net.sign(people[1]!, 'EndAgreement', { agreement: first + 1n, reason: 'done' }),
    ]);
    block([], 20_000n);
    block([], 20_000n);
  }
  // An order of two parts that nobody delivers: the second part's backup takes its place, and is not delivered either.
  const backups = [backup({ resource: 2n, holdMicro: use.holdMicro })];
  block([net.sign(people[2]!, 'PlaceOrder', orderArgs([part(use), part({ ...use, backup: backups })]))]);
  expect(block([], 10_000n).due.flatMap((item) => item.events)).toContainEqual(
    expect.objectContaining({ type: 'AgreementReplaced' }),
  );
  block([], 20_000n);
  block([net.sign(net.provider, 'SuspendResource', { resource: 1n, reason: 'owner-decision' })]);
  return blocks;
}

function run(machine: Machine, recorded: Recorded): Uint8Array {
  const height = machine.info().height + 1n;
  const { appHash: hash } = machine.finalizeBlock(recorded.transactions, {
    height,
    timeMs: recorded.timeMs,
    bytesMax: BLOCK_BYTES_MAX,
    misbehavior: [],
  });
  machine.commit();
  return hash;
}

describe('determinism', () => {
  test('machines fed the same blocks agree at every height, one of them restored from a snapshot midway', () => {
    const net = new TestNetwork(crypto);
    const blocks = liveChain(net);
    const replayed = new Machine(net.genesis, crypto);
    replayed.initChain();
    let restored: Machine | undefined;
    blocks.forEach((recorded, index) => {
      const hash = run(replayed, recorded);
      if (restored !== undefined) expect(run(restored, recorded)).toEqual(hash);
      if (index !== Math.floor(blocks.length / 2)) return;
      restored = new Machine(net.genesis, crypto);
      expect(restored.restore(wholeSnapshot(replayed.snapshot()))).toBe(true);
      expect(restored.info()).toEqual(replayed.info());
    });
    expect(replayed.info()).toEqual(net.machine.info());
    expect(restored?.info()).toEqual(net.machine.info());
  });

  test('every transaction that a chain holds is refused when it is submitted again, also after a restore [8.2.2-b]', () => {
    const net = new TestNetwork(crypto);
    liveChain(net);
    const restored = new Machine(net.genesis, crypto);
    expect(restored.restore(wholeSnapshot(net.machine.snapshot()))).toBe(true);
    expect(net.included.length).toBeGreaterThan(30);
    const context = {
      height: net.machine.info().height + 1n,
      timeMs: net.nowMs,
      bytesMax: BLOCK_BYTES_MAX,
      misbehavior: [],
    };
    for (const { bytes } of net.included) {
      for (const machine of [net.machine, restored]) {
        expect([14, 101]).toContain(machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false }).code);
      }
    }
    expect(
      net.machine.prepareProposal(
        net.included.map(({ bytes }) => bytes),
        context,
      ),
    ).toEqual([]);
    const before = net.machine.query('supply', {});
    const again = net.block(net.included.map(({ bytes }) => bytes));
    for (const item of again.transactions) expect([14, 101]).toContain(item.code);
    expect(again.transactions.every((item) => item.events.length === 0)).toBe(true);
    expect(net.machine.query('supply', {})).toMatchObject({ value: before.ok ? before.value : undefined });
  });

  test('an empty block leaves the app hash as it is', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    const { appHash: hash } = net.machine.info();
    expect(net.block([], 1_000_000n).appHash).toEqual(hash);
    expect(net.machine.info().height).toBe(3n);
  });

  test('what was executed and not committed is not seen, and can be executed again', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    net.run(net.customer, 'Apply', net.applyArgs());
    const before = net.machine.info();
    const bytes = net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: 5n });
    const context = {
      height: before.height + 1n,
      timeMs: net.nowMs + 10_000n,
      bytesMax: BLOCK_BYTES_MAX,
      misbehavior: [],
    };
    const first = net.machine.finalizeBlock([bytes], context);
    expect(first.due).toHaveLength(1);
    expect(net.machine.info()).toEqual(before);
    expect(net.query('balance', { account: 2n })).toEqual({ balanceMicro: 96_400_000n, heldMicro: 3_600_000n });
    const other = net.machine.finalizeBlock([], { ...context, timeMs: net.nowMs + 1n });
    expect(other.due).toHaveLength(0);
    const second = net.machine.finalizeBlock([bytes], context);
    expect(second).toEqual(first);
    net.machine.commit();
    expect(net.machine.info().appHash).toEqual(first.appHash);
  });

  test('the app hash of every height opens to the state root and to the tree over all leaves so far', () => {
    const net = new TestNetwork(crypto);
    const replayed = new Machine(net.genesis, crypto);
    replayed.initChain();
    const leaves: Uint8Array[] = [];
    for (const { transactions, timeMs } of liveChain(net)) {
      const height = replayed.info().height + 1n;
      const block = replayed.finalizeBlock(transactions, {
        height,
        timeMs,
        bytesMax: BLOCK_BYTES_MAX,
        misbehavior: [],
      });
      replayed.commit();
      for (const item of [...block.due, ...block.transactions]) {
        expect(item.logIndex).toBe(BigInt(leaves.length));
        expect(decodeLeaf(item.leaf)).toMatchObject({
          value: { code: item.code, eventsRoot: eventsRoot(item.events.map(encode), crypto) },
        });
        leaves.push(item.leaf);
      }
      const opening = {
        stateRoot: block.stateRoot,
        logRoot: merkleRoot(leaves, crypto),
        logSize: BigInt(leaves.length),
      };
      expect(appHash(opening, crypto)).toEqual(block.appHash);
    }
    expect(leaves.length).toBeGreaterThan(30);
  });

  test('a record comes with a proof under the state root, a missing one with a proof of absence', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    const { stateRoot } = net.block();
    for (const id of [1n, 2n]) {
      const { value, proof } = net.query('record', { contract: 3n, table: 1n, id }) as unknown as RecordAnswer;
      const steps = proof.steps.map(({ bit, sibling }) => ({ bit: Number(bit), sibling }));
      const verdict = verifyProof(stateRoot, recordKey(3, 1, id), { leaf: proof.leaf ?? undefined, steps }, crypto);
      expect(verdict).toEqual({ ok: true, value: value ?? undefined });
      expect(value === null).toBe(id === 2n);
    }
  });

  test('a snapshot that was tampered with is refused and changes nothing', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    const sound = wholeSnapshot(net.machine.snapshot());
    const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    const target = new Machine(net.genesis, crypto);
    target.initChain();
    const before = target.info();
    const bad = [
      { ...sound, chunks: [] },
      { ...sound, chunks: [...sound.chunks, ...sound.chunks] },
      { ...sound, height: 9n },
      { ...sound, manifest: new Uint8Array(0) },
      ...[3, 50, 400].map((at) => ({ ...sound, chunks: [flip(sound.chunks[0]!, at)] })),
      ...sound.manifest
        .slice(0, 200)
        .reduce<(typeof sound)[]>((list, _byte, at) => [...list, { ...sound, manifest: flip(sound.manifest, at) }], []),
    ];
    const accepted = bad.filter((snapshot) => {
      const fresh = new Machine(net.genesis, crypto);
      fresh.initChain();
      return (
        fresh.restore(snapshot) &&
        fresh.info().appHash.join() === net.machine.info().appHash.join() &&
        fresh.info().height === net.machine.info().height
      );
    });
    // Only the block time stands outside the app hash; the engine knows it from the block itself.
    expect(accepted.length).toBeLessThanOrEqual(8);
    expect(target.restore(bad[0]!)).toBe(false);
    expect(target.info()).toEqual(before);
  });

  test('ten thousand applications for one place make one reservation, and the supply holds after every block [8.3.1-a]', () => {
    const net = new TestNetwork(quick);
    net.publish({}, places(1n));
    const bidders = Array.from({ length: 100 }, (_, index) => person(200 + index, quick));
    net.block(bidders.map((who) => net.create(who)));
    bidders.forEach((who, index) => (who.account = BigInt(6 + index)));
    let granted = 0;
    for (let round = 0; round < 10; round++) {
      const bids = bidders.flatMap((who) => Array.from({ length: 10 }, () => net.sign(who, 'Apply', net.applyArgs())));
      const { transactions } = net.block(bids, 1n);
      granted += transactions.filter((item) => item.code === 0).length;
      expect(transactions.every((item) => item.code === 0 || item.code === 513)).toBe(true);
      expect(brokenInvariants(net.machine.committed)).toEqual([]);
    }
    expect(net.included.filter(({ item }) => item.code === 513)).toHaveLength(9_999);
    expect(granted).toBe(1);
  }, 120_000);

  test('due work runs in the order of its time, 256 items a block, and says when more waits', () => {
    const net = new TestNetwork(crypto, { openAgreementsMax: 1_000n, transactionsPerEpochMax: 100_000n });
    net.publish({}, places(1_000n));
    const use = { durationMs: 1_000n, holdMicro: 1_000n };
    net.block(Array.from({ length: 300 }, () => net.sign(net.customer, 'Apply', net.applyArgs(use))));
    expect(net.last?.moreDue).toBe(false);
    expect(net.last?.nextDueMs).toBe(net.nowMs + 10_000n);
    const first = net.block([], 20_000n);
    expect([first.due.length, first.moreDue]).toEqual([256, true]);
    expect(first.due.map((item) => (item.events[0] as { agreement: bigint }).agreement)).toEqual(
      Array.from({ length: 256 }, (_, index) => BigInt(index + 1)),
    );
    const second = net.block();
    expect([second.due.length, second.moreDue, second.nextDueMs]).toEqual([44, false, undefined]);
    expect(net.query('balance', { account: 2n })).toEqual({ balanceMicro: 100_000_000n, heldMicro: 0n });
  });
});
