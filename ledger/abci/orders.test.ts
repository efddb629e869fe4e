import { describe, expect, test } from 'vitest';
import { encode } from '#ledger/core/codec.ts';
import { PARTS_MAX } from '#ledger/contracts/agreement/definition.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { places } from '#ledger/contracts/testing/samples.ts';
import { backup, orderArgs, part } from '#ledger/contracts/testing/test-ledger.ts';
import { quickCrypto } from './testing/quick-crypto.ts';
import { TestNetwork } from './testing/test-network.ts';

const CONTRACTS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const TABLES = [0, 1, 2, 3, 4, 5];

/** Every record of the state but the senders', whose nonces and quotas a refusal uses up. */
function recordsOf(net: TestNetwork): Uint8Array {
  const tables = CONTRACTS.flatMap((contract) => TABLES.map((table) => ({ contract, table })));
  const kept = tables.filter(({ contract, table }) => contract !== 0 || table !== 1);
  return encode(kept.map((each) => net.machine.committed.scan(each).map(([id, value]) => [id, value])));
}

describe('an order in a block', () => {
  test('of which one part finds no place leaves every record but its sender’s as it was [8.3.1-a]', () => {
    const net = new TestNetwork(quickCrypto);
    net.publish({}, places(9n));
    const before = recordsOf(net);
    const refused = net.run(net.customer, 'PlaceOrder', orderArgs(Array.from({ length: 10 }, () => part())));
    expect(refused).toMatchObject({ code: 513, events: [] });
    expect(recordsOf(net)).toEqual(before);
    const placed = net.run(net.customer, 'PlaceOrder', orderArgs(Array.from({ length: 9 }, () => part())));
    expect(placed.code).toBe(0);
    expect(brokenInvariants(net.machine.committed)).toEqual([]);
  });

  test('of sixteen parts fits a transaction, and what nobody delivers of it is replaced and comes back by itself', () => {
    const net = new TestNetwork(quickCrypto);
    net.publish({}, places(16n));
    net.run(net.provider, 'PublishResource', net.publishArgs({ sourceId: 'second', capacity: places(3n) }));
    const parts = Array.from({ length: PARTS_MAX }, () => part({ backup: [backup()] }));
    expect(net.run(net.customer, 'PlaceOrder', orderArgs(parts)).code).toBe(0);
    const { due } = net.block([], 10_000n);
    const types = due.flatMap(({ events }) => events.map((event) => event.type));
    expect(types.filter((type) => type === 'AgreementReplaced')).toHaveLength(3);
    expect(types.filter((type) => type === 'BackupUnavailable')).toHaveLength(PARTS_MAX - 3);
    expect(brokenInvariants(net.machine.committed)).toEqual([]);
    net.block([], 10_000n);
    expect(net.query('balance', { account: 2n })).toEqual({ balanceMicro: 100_000_000n, heldMicro: 0n });
    expect(net.last?.nextDueMs).toBeUndefined();
    expect(brokenInvariants(net.machine.committed)).toEqual([]);
  });
});
