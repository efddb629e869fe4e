import { expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { compileMethod, isWellFormed } from '#ledger/core/transaction.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import type { OfferDto, PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import { chooseArgs, offersToSealTo, sealingKeyOf } from './plan-args.ts';
import { partHoldMicro, partsOfNeeds, partsOfPlan, proposalHoldMicro, proposeArgs, withOffer } from './proposal.ts';

const offer = (id: number): OfferDto => ({
  resource: { id, title: 'Edge', kind: 'computing', status: 'published' },
  provider: { id: id + 100, address: '0x1', name: null },
  completedOrders: 0,
  brokenOrders: 0,
  region: 'r',
  zone: 'z',
  attributes: [{ name: 'sealingKey', value: 'ab'.repeat(32) }],
  accessClass: 'public',
  strategyVersion: 2,
  isInForce: true,
  prices: [{ meter: 'cpuMs', per: 1_000, perMs: 0, amountMicro: '1000' }],
  promise: [],
  degradedPerMille: 0,
  ways: [],
  agent: null,
});
const amounts = [
  { meter: 'cpuMs', amount: 8_000 },
  { meter: 'slots', amount: 1 },
];
const part = (place: number, of: Partial<PlanPartDto> = {}): PlanPartDto => ({
  part: place,
  offer: offer(place + 1),
  durationMs: 60_000,
  choices: [],
  amounts,
  holdMicro: '9000',
  lines: [],
  backup: null,
  shares: [{ first: place * 8, count: 8 }],
  ...of,
});
const backup = { offer: offer(9), choices: [], amounts, holdMicro: '9000' };
const plan: PlanDto = {
  plan: 3,
  aim: 'cheapest',
  broker: null,
  feeMicro: '0',
  holdMicro: '27000',
  totalMicro: '27000',
  estimateMicro: '8000',
  workMs: 1,
  madeAtMs: 0,
  expiresAtMs: 1,
  parts: [part(1, { backup }), part(0), part(2, { shares: [] })],
};

test('a plan is signed word for word, with a key for every machine that may run some of it and for no other [8.5.1-b]', () => {
  expect(offersToSealTo(plan).map(({ resource }) => resource.id)).toEqual([1, 2, 9]);
  expect(sealingKeyOf(offer(1))).toBe('ab'.repeat(32));
  const keys = [{ resource: 1n, sealed: new Uint8Array(80) }];
  const own = { encryptionKey: new Uint8Array(32), voucherKey: new Uint8Array(20).fill(4) };
  const args = chooseArgs(7, plan, { keys, ...own });
  expect(args).toMatchObject({ demand: 7n, plan: 3n, holdMicro: 27_000n, broker: 0n, feeMicro: 0n, ...own });
  expect(args.parts[0]).toMatchObject({
    resource: 2n,
    provider: 102n,
    strategyVersion: 2n,
    backup: [{ resource: 9n }],
  });
  const transaction = { method: 'ChoosePlan', account: 1n, key: 0n, nonce: 1n, validUntilMs: 1n, args };
  expect(isWellFormed(transaction, compileMethod(methodOf('ChoosePlan'), nobleCrypto))).toBe(true);
});

test('a broker’s part from another offer is priced by the ledger’s rule, and the shares follow one another [8.3.2-a]', () => {
  const parts = partsOfPlan(plan);
  // 8 s at 0.001 tokens; the backup is dearer than the first.
  expect(parts.map(partHoldMicro)).toEqual([9_000n, 8_000n, 8_000n]);
  const { resource, provider, strategyVersion } = offer(5);
  const dearer = [{ meter: 'cpuMs', per: 1_000, perMs: 0, amountMicro: '2000' }];
  const swapped = withOffer(parts, 1, { resource, provider, strategyVersion, prices: dearer });
  expect(proposalHoldMicro(swapped)).toBe(33_000n);
  const args = proposeArgs(7, swapped, 5n);
  expect(args?.shares).toEqual([
    { part: 1n, first: 0n, count: 8n },
    { part: 0n, first: 8n, count: 8n },
  ]);
  expect(args?.parts[1]).toMatchObject({ resource: 5n, holdMicro: 16_000n });
});

test('without a plan to begin with, each need is a part by itself, and nothing is signed before every part has an offer', () => {
  const work = { subtasks: 4, copies: 1 } as never;
  const need = { kind: 'computing', terms: [], choices: [], amounts: [], promise: [] };
  const exact = [
    { need: 0, meter: 'slots', amount: 1, rule: '' },
    { need: 0, meter: 'cpuMs', amount: 8_000, rule: '' },
  ];
  const [first, ...others] = partsOfNeeds({ needs: [need], work, exact, durationMs: 60_000 }) ?? [];
  expect(first).toMatchObject({ offer: null, amounts, shares: [{ first: 0, count: 4 }] });
  expect(others).toEqual([]);
  expect(first && proposeArgs(7, [first], 0n)).toBeUndefined();
  expect(
    partsOfNeeds({ needs: [need], work: { subtasks: 4, copies: 2 } as never, exact, durationMs: 1 }),
  ).toBeUndefined();
});
