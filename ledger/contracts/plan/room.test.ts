import { describe, expect, test } from 'vitest';
import { evolve } from '#ledger/contracts/registry.ts';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { MACHINES, chooseArgs, market, publishDemand, work } from '#ledger/contracts/testing/market.ts';
import { CUSTOMER, NODES, type TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';

const [CHEAP, DEAR] = MACHINES;
const MAINTAINER = NODES[1];

/** The first machine costs a tenth of the second: it gets everything for as long as it has room. Both are nodes, 5 and 6. */
function two(): TestLedger {
  const ledger = market([{ slots: 4n, slotMicro: 360_000n }, { slots: 4n }]);
  for (const operator of [CHEAP, DEAR]) {
    const said = { class: 'service', name: 'agent', software: '1.4.0', endpoint: '' };
    ledger.run(operator, 'RegisterNode', said, { key: 1n });
  }
  evolve(ledger.state, grantRole(MAINTAINER, 'NRNSM', 0n));
  return ledger;
}

const declare = (ledger: TestLedger, serviceMillicores: bigint, reserveMillicores = 0n) =>
  ledger.run(CHEAP, 'DeclareShares', { node: 5n, consensusMillicores: 0n, serviceMillicores, reserveMillicores });
const shift = (ledger: TestLedger, from: string, to: string, millicores: bigint) =>
  ledger.run(MAINTAINER, 'ShiftShares', { node: 5n, from, to, millicores, reason: 'Runs wait' });

/** Four sub-tasks of a second each, which a plan gives two slots within four seconds. The cheapest plan. */
function asked(ledger: TestLedger): { demand: bigint; plan: Struct<'Plan'> } {
  const { demand, plans } = publishDemand(ledger, { work: [work({ subtasks: 4n })] });
  const plan = plans.toSorted((a, b) => (a.holdMicro < b.holdMicro ? -1 : 1))[0];
  if (plan === undefined) throw new Error('the market meets the demand');
  return { demand, plan };
}

/** Slots that the plan takes of each machine's provider, and the sub-tasks that go to it. */
function dealt({ parts, shares }: Struct<'Plan'>): Record<string, [slots: bigint, subtasks: bigint]> {
  return Object.fromEntries(
    shares.map(({ part, count }) => {
      const { provider, amounts } = parts[Number(part)]!;
      return [provider === CHEAP ? 'cheap' : 'dear', [amountOf(amounts, 'slots'), count]];
    }),
  );
}

function choose(ledger: TestLedger): Struct<'Plan'> {
  const { demand, plan } = asked(ledger);
  expect(ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plan)).code).toBe(0);
  return plan;
}

describe('new sub-tasks go where there is room [6.2.2-c] [8.1.1-d]', () => {
  test('the machine whose slots are taken gets no range while another has room', () => {
    const ledger = two();
    expect(dealt(choose(ledger))).toEqual({ cheap: [2n, 4n] });
    expect(dealt(choose(ledger))).toEqual({ cheap: [2n, 4n] });
    expect(dealt(choose(ledger))).toEqual({ dear: [2n, 4n] });
  });

  test('slots without a core of the host’s service share are no room: what a host published beyond its share is given to nobody', () => {
    const ledger = two();
    declare(ledger, 2_500n, 2_000n);
    expect(dealt(choose(ledger))).toEqual({ cheap: [2n, 4n] });
    expect(dealt(asked(ledger).plan)).toEqual({ dear: [2n, 4n] });
    expect(shift(ledger, 'reserve', 'service', 1_500n).code).toBe(0);
    expect(dealt(choose(ledger))).toEqual({ cheap: [2n, 4n] });
  });

  test('cores that a maintainer shifts to consensus are room no more, at once; a host with less than a core keeps one slot', () => {
    const ledger = two();
    declare(ledger, 4_000n);
    expect(shift(ledger, 'service', 'consensus', 3_500n).code).toBe(0);
    expect(dealt(asked(ledger).plan)).toEqual({ cheap: [1n, 2n], dear: [1n, 2n] });
  });

  test('shares of a retired node bind nobody, and every copy of the offers says so', () => {
    const ledger = two();
    declare(ledger, 1_000n);
    const free = (of: TestLedger) => [...of.offers.of('computing')].map((offer) => amountOf(offer.free, 'slots'));
    expect([free(ledger), free(ledger.fork())]).toEqual([
      [1n, 4n],
      [1n, 4n],
    ]);
    ledger.run(CHEAP, 'RetireNode', { node: 5n });
    expect([free(ledger), free(ledger.fork())]).toEqual([
      [4n, 4n],
      [4n, 4n],
    ]);
  });
});
