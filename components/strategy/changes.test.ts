import { describe, expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import type { PastCustomer, StrategyDto } from '#lib/shared/dto.ts';
import { excludedBy } from './affected.ts';
import { changesOf } from './changes.ts';

const data = kindOf('data');
const strategy: StrategyDto = {
  version: 3,
  accessClass: 'conditional',
  conditions: [{ rule: "use.purpose in ['research']", sentence: 'purpose must be research' }],
  ways: dataWaysTerms({ columns: ['wind', 'rain'], formats: ['csv'], rowFilter: '' }),
  opensAtMs: 0,
  closesAtMs: 0,
  useMsMax: 7_200_000,
  limits: [
    { meter: 'bytes', amount: 100_000_000 },
    { meter: 'calls', amount: 1_000 },
  ],
  prices: [{ meter: 'places', per: 1, perMs: 3_600_000, amountMicro: '1000000' }],
  promise: [],
  degradedPerMille: 0,
  recordedAtMs: 0,
};
const capacity = [{ meter: 'places', amount: 10 }];
const plain = (words: string | undefined): string | undefined => words?.replaceAll(/[\u2068\u2069]/g, '');
const changes = (part: Partial<StrategyDto>, places = 10) =>
  changesOf(
    data,
    { strategy, capacity },
    { strategy: { ...strategy, ...part, version: 4 }, capacity: [{ meter: 'places', amount: places }] },
  ).map(({ what, before, after }) => [what, plain(before), plain(after)]);

describe('changes of a strategy in words', () => {
  test('the same strategy has none', () => {
    expect(changes({ recordedAtMs: 9 })).toEqual([]);
  });

  test('each line stands once, old beside new: price, promise, ways, times, limits, places, conditions [8.5.3-a]', () => {
    expect(
      changes(
        {
          prices: [{ meter: 'places', per: 1, perMs: 0, amountMicro: '2500000' }],
          promise: [{ meter: 'firstByteMs', amount: 250 }],
          degradedPerMille: 500,
          ways: dataWaysTerms({
            columns: ['wind'],
            formats: ['csv'],
            rowFilter: '{"column":"wind","op":"gt","value":"1"}',
          }),
          closesAtMs: Date.UTC(2027, 0, 1),
          useMsMax: 3_600_000,
          limits: [
            { meter: 'bytes', amount: 100_000_000 },
            { meter: 'calls', amount: 10 },
          ],
          conditions: [
            { rule: 'applicant.completedOrders >= 1', sentence: 'the account must have completed at least 1 order' },
          ],
        },
        4,
      ),
    ).toEqual([
      ['Price', '1.00 tokens per hour', '2.50 tokens per use'],
      ['Promise', 'none: an interval counts as served or as down', 'First byte of 95 of 100 calls: at most 250 ms'],
      ['Columns', 'wind, rain', 'wind'],
      ['Rows', 'all of them', 'where wind is above 1'],
      ['Open', 'always open', 'open now until 1 Jan 2027, 00:00:00 UTC'],
      ['Longest use', '2 hours', '1 hour'],
      ['Calls per use', 'at most 1,000 calls', 'at most 10 calls'],
      ['Customers at the same time', 'at most 10 places', 'at most 4 places'],
      ['Below the promise', undefined, 'an interval costs 50 % of its price'],
      ['Condition, dropped', 'purpose must be research', undefined],
      ['Condition, new', undefined, 'the account must have completed at least 1 order'],
    ]);
  });

  test('a rule that changes under the same sentence shows both rules; another sentence of the same rule is told as such', () => {
    const sentence = 'purpose must be research';
    expect(changes({ conditions: [{ rule: "use.purpose in ['other']", sentence }] })).toEqual([
      ['Condition, dropped', `${sentence} (use.purpose in ['research'])`, undefined],
      ['Condition, new', undefined, `${sentence} (use.purpose in ['other'])`],
    ]);
    expect(changes({ conditions: [{ rule: "use.purpose in ['research']", sentence: 'research only' }] })).toEqual([
      ['Condition, in other words', sentence, 'research only'],
    ]);
  });
});

test('of the last customers those are named who would be refused with their last application, and why, by the contract’s own rules', () => {
  const customer = (id: number, part: Partial<PastCustomer> = {}): PastCustomer => ({
    account: { id, address: '', name: null },
    roles: ['NRC'],
    createdAtMs: 0,
    completedOrders: id,
    brokenOrders: 0,
    credit: 1_000,
    identifiedBy: 0,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    durationMs: 3_600_000,
    choices: [{ name: 'format', value: 'csv' }],
    amounts: [
      { meter: 'bytes', amount: 1 },
      { meter: 'calls', amount: 20 },
      { meter: 'places', amount: 1 },
    ],
    ...part,
  });
  const after: StrategyDto = {
    ...strategy,
    conditions: [{ rule: 'applicant.completedOrders >= 2', sentence: 'at least two orders' }],
    limits: [
      { meter: 'bytes', amount: 100_000_000 },
      { meter: 'calls', amount: 25 },
    ],
  };
  const few = [
    { meter: 'bytes', amount: 1 },
    { meter: 'calls', amount: 30 },
    { meter: 'places', amount: 1 },
  ];
  const people = [customer(1), customer(2), customer(3, { purpose: 'other' }), customer(4, { amounts: few })];
  const { excluded, included } = excludedBy({ before: strategy, after }, people, {
    kind: data,
    tags: ['weather'],
    nowMs: 1_764_000_000_000,
  });
  expect(excluded.map(({ customer: { account }, because }) => [account.id, because])).toEqual([
    [1, ['at least two orders']],
    [4, ['use must be at most 25 calls']],
  ]);
  expect(included.map(({ account }) => account.id)).toEqual([3]);
});
