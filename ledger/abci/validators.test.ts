import { describe, expect, test } from 'vitest';
import { nodeDefinition } from '#ledger/contracts/node/definition.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { decodeLeaf } from '#ledger/core/receipt.ts';
import { Machine } from './machine.ts';
import { wholeSnapshot } from './snapshot.ts';
import { TestNetwork, filled } from './testing/test-network.ts';

const EPOCH_MS = 600_000n;
const key = (seed: number) => crypto.publicKey(filled(seed));
const typesOf = (items: readonly { events: readonly { type?: unknown }[] }[]) =>
  items.flatMap((item) => item.events.map((event) => event.type));

/** Validators 5 and 6 proposed and voted in: 5 at once, 6 an epoch later. */
function grow(net: TestNetwork): TestNetwork {
  for (const seed of [5, 6]) {
    const { data } = net.run(net.nodes[0]!, 'ProposeValidator', net.validatorOffer(seed));
    net.pass((data as { proposal: bigint }).proposal);
  }
  return net;
}

describe('validators', () => {
  test('a vote that admits a node hands its key to the engine in the same block; the next waits for the epoch [6.2.1-b] [7.2.2-d] [8.5.1-b]', () => {
    const net = new TestNetwork(crypto);
    expect(net.run(net.nodes[0]!, 'ProposeValidator', net.validatorOffer(5)).code).toBe(0);
    expect(net.last?.validatorUpdates).toEqual([]);
    expect(net.pass(1n).validatorUpdates).toEqual([{ publicKey: key(5), power: 1n }]);
    const changedAtMs = net.nowMs;
    net.run(net.nodes[0]!, 'ProposeValidatorRemoval', { node: 1n });
    expect(net.pass(2n).validatorUpdates).toEqual([]);
    expect(net.last?.nextDueMs).toBe(changedAtMs + EPOCH_MS);
    const removed = net.block([], EPOCH_MS);
    expect(removed.validatorUpdates).toEqual([{ publicKey: key(1), power: 0n }]);
    expect(typesOf(removed.due)).toEqual(['ValidatorSetChanged']);
    expect(net.query('node', { id: 1n })).toMatchObject({ id: 1n, name: 'v1', status: 'retired' });
    const names = (net.query('nodes') as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['v2', 'v3', 'v4', 'v5']);
    expect(net.query('node', { id: 9n })).toBeUndefined();
  });

  test('misbehavior is recorded first of a block, as an item of its own, once for a node and height [7.2.3-a]', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    net.run(net.customer, 'Apply', net.applyArgs());
    const stranger = { ...net.misbehavior(1, 2n), validator: filled(1).subarray(0, 20) };
    const twice = [net.misbehavior(1, 2n), net.misbehavior(1, 2n), stranger, net.misbehavior(3, 2n)];
    const block = net.block([], 10_000n, twice);
    expect(typesOf(block.due)).toEqual([
      ...['EquivocationRecorded', 'EquivocationRecorded'],
      ...['AgreementEnded', 'CapacityChanged', 'HoldSettled', 'AgreementSettled'],
    ]);
    const leaves = block.due.map((item) => decodeLeaf(item.leaf)).map((leaf) => leaf.ok && leaf.value.subject);
    expect(leaves.slice(0, 2)).toMatchObject([
      { contract: nodeDefinition.id, kind: 'equivocation', id: 1n, timeMs: net.nowMs },
      { contract: nodeDefinition.id, kind: 'equivocation', id: 3n, timeMs: net.nowMs },
    ]);
    expect(new Set(leaves.map((leaf) => leaf !== false && 'sequence' in leaf && leaf.sequence)).size).toBe(3);
    expect(net.query('node', { id: 1n })).toMatchObject({ equivocations: 1n, status: 'validating' });
    const { appHash } = net.machine.info();
    expect(net.block([], 10n, twice)).toMatchObject({ due: [], appHash });
  });

  test('replay and restore reach the same hashes and the same validator changes', () => {
    const net = new TestNetwork(crypto);
    grow(net);
    net.block([], 1_000n, [net.misbehavior(5, 3n)]);
    const changed = net.block([], EPOCH_MS);
    expect(changed.validatorUpdates).toEqual([{ publicKey: key(6), power: 1n }]);
    const replayed = new Machine(net.genesis, crypto);
    replayed.initChain();
    let restored: Machine | undefined;
    net.blocks.forEach(({ transactions, context }, index) => {
      for (const machine of restored === undefined ? [replayed] : [replayed, restored]) {
        const { validatorUpdates } = machine.finalizeBlock(transactions, context);
        machine.commit();
        if (index === net.blocks.length - 1) expect(validatorUpdates).toEqual(changed.validatorUpdates);
      }
      if (index !== 3) return;
      restored = new Machine(net.genesis, crypto);
      expect(restored.restore(wholeSnapshot(replayed.snapshot()))).toBe(true);
    });
    expect(replayed.info()).toEqual(net.machine.info());
    expect(restored?.info()).toEqual(net.machine.info());
  });
});
