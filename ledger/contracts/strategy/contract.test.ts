import { type StrategyArgs, strategyCodes as codes } from './definition.ts';
import { describe, expect, test } from 'vitest';
import type { Args } from '#ledger/core/typed-data.ts';
import { failedConditions as evaluateFor } from '#ledger/contracts/needs.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  HOUR_MS,
  PROVIDER,
  START_MS,
  TestLedger,
  applyArgs,
  strategy,
} from '#ledger/contracts/testing/test-ledger.ts';
import { currentVersion, readStrategy, strategyTables, type IntendedUse } from './contract.ts';

const published = () => new TestLedger().publish();
const revise = (terms: Partial<StrategyArgs>, who = PROVIDER): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ReviseStrategy', { resource: 1n, strategy: strategy(terms) } as Args),
});
const rule = (text: string): Pick<Case, 'when'> => revise({ conditions: [{ rule: text, sentence: 'must hold' }] });
const invalid = (what: string, terms: Partial<StrategyArgs>): Case => ({
  what,
  given: published,
  ...revise(terms),
  then: codes.STRATEGY_INVALID,
});
const use = (fields: Partial<IntendedUse> = {}): IntendedUse => ({
  ...{ purpose: 'research', field: 'weather', durationMs: HOUR_MS, format: 'csv', calls: 10n, bytes: 1_000n },
  ...fields,
});
const failed = (terms: Partial<StrategyArgs>, fields: Partial<IntendedUse> = {}) => {
  const ledger = new TestLedger().publish(terms);
  return evaluateFor(ledger.state, { account: CUSTOMER, resource: 1n, use: use(fields), nowMs: ledger.nowMs });
};

describe('strategy', () => {
  runCases(codes, [
    {
      what: 'an owner records a new version [6.2.3-b] [I.2-1]',
      given: published,
      ...revise({ useMsMax: HOUR_MS }),
      then: ['StrategyRecorded'],
    },
    {
      what: 'another number of places changes the capacity with it',
      given: published,
      ...revise({ simultaneousMax: 9n }),
      then: ['StrategyRecorded', 'CapacityChanged'],
    },
    {
      what: 'public data has no conditions',
      given: published,
      ...revise({ accessClass: 'public', conditions: [] }),
      then: ['StrategyRecorded'],
    },
    invalid('public data with conditions contradicts itself', { accessClass: 'public' }),
    invalid('conditional data states its conditions', { conditions: [] }),
    invalid('a class is public or conditional', { accessClass: 'secret' }),
    invalid('conditions are at most 20', {
      conditions: Array.from({ length: 21 }, () => ({ rule: 'true', sentence: 's' })),
    }),
    invalid('a condition has its sentence', { conditions: [{ rule: 'true', sentence: '' }] }),
    invalid('some format is offered', { formats: [] }),
    invalid('a format is offered once', { formats: ['csv', 'csv'] }),
    invalid('formats come from the list', { formats: ['xlsx'] }),
    invalid('columns are those of the source', { columns: ['salary'] }),
    invalid('columns stand in source order', { columns: ['temp_max', 'date'] }),
    invalid('some column is shared', { columns: [] }),
    invalid('a row filter is JSON', { rowFilter: 'DROP TABLE' }),
    invalid('a row filter is bounded', { rowFilter: JSON.stringify(['a'.repeat(3_000)]) }),
    invalid('a window closes after it opens', { opensAtMs: 5n, closesAtMs: 5n }),
    invalid('a longest use is stated', { useMsMax: 0n }),
    invalid('a longest use is at most 31 days', { useMsMax: 32n * 24n * HOUR_MS }),
    invalid('calls are bounded', { callsMax: 0n }),
    invalid('bytes are bounded', { bytesMax: 1n << 45n }),
    invalid('places are bounded', { simultaneousMax: 0n }),
    { what: 'a rule is CEL', given: published, ...rule('use.purpose =='), then: codes.RULE_INVALID },
    { what: 'a rule says yes or no', given: published, ...rule('use.durationMs'), then: codes.RULE_INVALID },
    {
      what: 'a rule costs little',
      given: published,
      ...rule(`${'true && '.repeat(200)}true`),
      then: codes.RULE_TOO_COSTLY,
    },
    {
      what: 'a price has a unit',
      given: published,
      ...revise({ price: { unit: 'day', amountMicro: 1n } }),
      then: codes.PRICE_INVALID,
    },
    {
      what: 'a price is bounded',
      given: published,
      ...revise({ price: { unit: 'use', amountMicro: 1n << 60n } }),
      then: codes.PRICE_INVALID,
    },
    {
      what: 'an unknown resource has no strategy',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', { resource: 9n, strategy: strategy() } as Args),
      then: codes.RESOURCE_UNKNOWN,
    },
    { what: 'a stranger revises nothing', given: published, ...revise({}, CUSTOMER), then: codes.NOT_THE_OWNER },
    {
      what: 'a retired resource keeps its last strategy',
      given: () => {
        const ledger = published();
        ledger.run(PROVIDER, 'RetireResource', { resource: 1n });
        return ledger;
      },
      ...revise({}),
      then: codes.RESOURCE_RETIRED,
    },
    {
      what: 'versions are bounded',
      given: () => {
        const ledger = published();
        ledger.state.write(strategyTables.current, 1n, { strategyVersion: 65_535n });
        return ledger;
      },
      ...revise({}),
      then: codes.TOO_MANY_VERSIONS,
    },
  ]);

  test('an agreement keeps the version it was granted under', () => {
    const ledger = new TestLedger().reserve();
    ledger.run(PROVIDER, 'ReviseStrategy', { resource: 1n, strategy: strategy({ useMsMax: 1_000n }) } as Args);
    expect(currentVersion(ledger.state, 1n)).toBe(2n);
    expect(readStrategy(ledger.state, 1n, 1n)?.strategy.useMsMax).toBe(2n * HOUR_MS);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(504);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 2n })).data).toEqual({ refused: 1n });
  });

  test('every failing condition is named with what must hold and the values it read [I.2-5]', () => {
    const conditions = [
      { rule: "use.purpose in ['research', 'education']", sentence: 'purpose must be research or education' },
      { rule: 'applicant.completedOrders >= 1', sentence: 'applicant must have completed an order' },
      { rule: 'applicant.brokenOrders == 0', sentence: 'applicant must have broken no order' },
      { rule: 'use.field in resource.tags', sentence: 'field of business must be among the tags' },
      { rule: '10 / applicant.completedOrders > 2', sentence: 'a rule that divides by zero' },
    ];
    expect(failed({ conditions }, { purpose: 'journalism', field: 'energy', durationMs: 6n * HOUR_MS })).toEqual([
      {
        ...{ index: -1n, sentence: 'use must be at most 2 hours' },
        ...{ values: [{ name: 'use.durationMs', value: '21600000' }], error: '' },
      },
      {
        ...{ index: 0n, sentence: 'purpose must be research or education' },
        ...{ values: [{ name: 'use.purpose', value: 'journalism' }], error: '' },
      },
      {
        ...{ index: 1n, sentence: 'applicant must have completed an order' },
        ...{ values: [{ name: 'applicant.completedOrders', value: '0' }], error: '' },
      },
      {
        ...{ index: 3n, sentence: 'field of business must be among the tags', error: '' },
        values: [
          { name: 'use.field', value: 'energy' },
          { name: 'resource.tags', value: 'weather, seattle' },
        ],
      },
      {
        ...{ index: 4n, sentence: 'a rule that divides by zero' },
        values: [{ name: 'applicant.completedOrders', value: '0' }],
        error: 'the rule could not be evaluated with these values',
      },
    ]);
  });

  test('built-in limits speak plain words: times, use, formats, calls, bytes [I.2-1]', () => {
    const opensAtMs = START_MS + HOUR_MS;
    const closesAtMs = START_MS + 2n * HOUR_MS + 1n;
    const terms = {
      opensAtMs,
      closesAtMs,
      useMsMax: 90_000n,
      formats: ['csv', 'json', 'parquet'],
      callsMax: 1n,
      bytesMax: 5n,
    };
    const asked = { durationMs: 3n * HOUR_MS, format: 'xlsx', calls: 2n, bytes: 6n };
    expect(
      failed({ accessClass: 'public', conditions: [], ...terms }, asked).map((condition) => condition.sentence),
    ).toEqual([
      'use must begin at 2025-11-24T17:00:00Z or later',
      'use must end by 2025-11-24T18:00:00.001Z',
      'use must be at most 1 minute 30 seconds',
      'format must be csv, json or parquet',
      'use must be at most 1 call',
      'use must be at most 5 bytes',
    ]);
  });

  test('the agent revises nothing unless the owner lets it', () => {
    const ledger = published();
    // Scope is checked at admission; the contract itself asks for the owner account only.
    expect(
      ledger.run(CUSTOMER, 'ReviseStrategy', { resource: 1n, strategy: strategy() } as Args, { key: AGENT_KEY }).code,
    ).toBe(406);
  });
});
