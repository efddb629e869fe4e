import { describe, expect, test } from 'vitest';
import { readAgreement } from '#ledger/contracts/agreement/record.ts';
import { readDemand } from '#ledger/contracts/demand/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { MACHINES, batchArgs, market } from '#ledger/contracts/testing/market.ts';
import { need } from '#ledger/contracts/testing/offers.ts';
import { quantities } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, NODES, PROVIDER } from '#ledger/contracts/testing/test-ledger.ts';

const [FIRST] = MACHINES;

describe('demands that are matched together [8.3.2-b]', () => {
  const EPOCH_MS = 600_000n;
  /** The first and cheapest offer fits both, the second only who asks for less. */
  const two = () => {
    const terms = { limits: quantities({ bytes: 1_000n, calls: 10n, cpuMs: 500n, runs: 10n }) };
    return market([{ slots: 1n }, { slots: 1n, slotMicro: 7_200_000n, terms }]);
  };
  const modest = need({
    amounts: quantities({ bytes: 1_000n, calls: 10n, cpuMs: 500n, memoryMiB: 64n, runs: 10n, slots: 1n }),
  });

  test('are served at the epoch’s end as many as can be, though who came first would have taken the other’s place', () => {
    const ledger = two();
    ledger.run(CUSTOMER, 'PublishDemand', batchArgs({ needs: [modest] }));
    ledger.run(FIRST, 'PublishDemand', batchArgs({ budgetMicro: 900_000n }));
    ledger.run(NODES[0], 'PublishDemand', batchArgs());
    const told = ledger.wait(EPOCH_MS);
    expect(told.find(({ type }) => type === 'DemandsMatched')).toMatchObject({
      asked: 3n,
      matched: 2n,
      served: 2n,
      broker: 0n,
    });
    expect([1n, 2n, 3n].map((id) => readDemand(ledger.state, id)?.status)).toEqual(['decided', 'open', 'decided']);
    expect([1n, 2n].map((id) => readAgreement(ledger.state, id)?.resource)).toEqual([2n, 1n]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
    // Who was not served waits for the next epoch.
    expect(ledger.wait(EPOCH_MS).find(({ type }) => type === 'DemandsMatched')).toMatchObject({ asked: 1n });
  });

  test('of somebody who cannot pay wait on, and hold nobody else up', () => {
    const ledger = market([{ slots: 2n }]);
    ledger.run(CUSTOMER, 'PublishDemand', batchArgs());
    ledger.run(NODES[0], 'PublishDemand', batchArgs());
    ledger.run(CUSTOMER, 'Transfer', { to: PROVIDER, amountMicro: 99_999_999n });
    const told = ledger.wait(EPOCH_MS);
    expect(told.find(({ type }) => type === 'DemandsMatched')).toMatchObject({ matched: 2n, served: 1n });
    expect(readDemand(ledger.state, 2n)?.status).toBe('decided');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('are not bought by a key that was taken back meanwhile', () => {
    const ledger = market([{ slots: 2n }]);
    const scope = { methods: ['PublishDemand'], resources: [], spendingCapMicro: 9_000_000n };
    const offer = ledger.keyOffer(90, CUSTOMER);
    ledger.run(CUSTOMER, 'AuthorizeKey', {
      ...offer,
      label: 'program',
      ...scope,
      expiresAtMs: ledger.nowMs + 900_000n,
    });
    expect(ledger.run(CUSTOMER, 'PublishDemand', batchArgs(), { key: 1n }).code).toBe(0);
    ledger.run(CUSTOMER, 'RevokeKey', { revokedKey: 1n });
    const told = ledger.wait(EPOCH_MS);
    expect(told.find(({ type }) => type === 'DemandsMatched')).toMatchObject({ matched: 1n, served: 0n });
  });

  test('do not gain by their place in a block', () => {
    const people = [CUSTOMER, NODES[0], NODES[1]];
    const served = [people, people.toReversed()].map((order) => {
      const ledger = market([{ slots: 1n }, { slots: 1n, slotMicro: 7_200_000n }]);
      for (const who of order) ledger.run(who, 'PublishDemand', batchArgs());
      const { served: count, costMicro } = ledger.wait(EPOCH_MS).find((event) => event.type === 'DemandsMatched') ?? {
        served: 0n,
        costMicro: 0n,
      };
      return [count, costMicro];
    });
    expect(served[0]).toEqual(served[1]);
    expect(served[0]?.[0]).toBe(2n);
  });
});
