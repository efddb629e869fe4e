import { describe, expect, test } from 'vitest';
import { failedConditions as evaluateFor } from '#ledger/contracts/admission-needs.ts';
import { PRICE_MICRO_MAX } from '#ledger/contracts/shared/price.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  HOUR_MS,
  amountsOfUse,
  perHour,
  perMegabyte,
  perUse,
  places,
  quantities,
  terms,
  ways,
} from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  PROVIDER,
  START_MS,
  TestLedger,
  applyArgs,
  reviseArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { strategyCodes as codes, type StrategyArgs } from './definition.ts';
import type { IntendedUse } from './admission.ts';
import { currentVersion, readStrategy, strategyTables } from './contract.ts';

const published = () => new TestLedger().publish();
const revise = (offered: Partial<StrategyArgs>, who = PROVIDER): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ReviseStrategy', reviseArgs(offered)),
});
const rule = (text: string): Pick<Case, 'when'> => revise({ conditions: [{ rule: text, sentence: 'must hold' }] });
const invalid = (what: string, offered: Partial<StrategyArgs>): Case => ({
  what,
  given: published,
  ...revise(offered),
  then: codes.STRATEGY_INVALID,
});
const use = (fields: Partial<IntendedUse> = {}): IntendedUse => ({
  purpose: 'research',
  field: 'weather',
  durationMs: HOUR_MS,
  choices: terms({ format: 'csv' }),
  amounts: amountsOfUse({ calls: 10n, bytes: 1_000n }),
  ...fields,
});
const failed = (offered: Partial<StrategyArgs>, fields: Partial<IntendedUse> = {}) => {
  const ledger = new TestLedger().publish(offered);
  return evaluateFor(ledger.state, { account: CUSTOMER, resource: 1n, use: use(fields), nowMs: ledger.nowMs });
};

describe('strategy', () => {
  runCases(codes, [
    {
      what: 'an owner records a new version [6.2.3-b] [8.5.3-a] [I.2-1]',
      given: published,
      ...revise({ useMsMax: HOUR_MS }),
      then: ['StrategyRecorded'],
    },
    {
      what: 'another number of places changes the capacity with it',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, places(9n))),
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
    invalid('some format is offered', { ways: ways({ formats: [] }) }),
    invalid('a format is offered once', { ways: ways({ formats: ['csv', 'csv'] }) }),
    invalid('formats come from the list', { ways: terms({ columns: '["date"]', formats: '["xlsx"]' }) }),
    invalid('columns are those of the source', { ways: ways({ columns: ['salary'] }) }),
    invalid('columns stand in source order', { ways: ways({ columns: ['temp_max', 'date'] }) }),
    invalid('some column is shared', { ways: ways({ columns: [] }) }),
    invalid('a row filter is JSON', { ways: ways({ rowFilter: 'DROP TABLE' }) }),
    invalid('a row filter is bounded', { ways: ways({ rowFilter: JSON.stringify(['a'.repeat(3_000)]) }) }),
    invalid('a window closes after it opens', { opensAtMs: 5n, closesAtMs: 5n }),
    invalid('a longest use is stated', { useMsMax: 0n }),
    invalid('a longest use is at most 31 days', { useMsMax: 32n * 24n * HOUR_MS }),
    invalid('calls are bounded', { limits: quantities({ bytes: 1n, calls: 0n }) }),
    invalid('bytes are bounded', { limits: quantities({ bytes: 1n << 45n, calls: 1n }) }),
    {
      what: 'places are bounded',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, places(0n))),
      then: 316,
    },
    { what: 'a rule is CEL', given: published, ...rule('use.purpose =='), then: codes.RULE_INVALID },
    { what: 'a rule says yes or no', given: published, ...rule('use.durationMs'), then: codes.RULE_INVALID },
    {
      what: 'a rule costs little',
      given: published,
      ...rule(`${'true && '.repeat(200)}true`),
      then: codes.RULE_TOO_COSTLY,
    },
    {
      what: 'a price is for a meter that the kind has',
      given: published,
      ...revise({ prices: [{ ...perUse(1n), meter: 'days' }] }),
      then: codes.PRICE_INVALID,
    },
    {
      what: 'a price is bounded',
      given: published,
      ...revise({ prices: [perUse(1n << 60n)] }),
      then: codes.PRICE_INVALID,
    },
    ...(
      [
        ['for no amount', [{ ...perUse(1n), per: 0n }]],
        ['for more than there can be of its meter', [{ ...perUse(1n), per: 100_001n }]],
        ['for a meter that is counted, not asked for', [{ ...perUse(1n), meter: 'rows' }]],
        ['for the time of a counted meter', [{ ...perMegabyte(1n), perMs: HOUR_MS }]],
        ['for a longer time than there is', [{ ...perUse(1n), perMs: 253_402_300_800_000n }]],
        ['above the highest', [perMegabyte(PRICE_MICRO_MAX + 1n)]],
        ['of a meter that has one already', [perUse(1n), perHour(1n)]],
        ['in another order than the meters’', [perUse(1n), perMegabyte(1n)]],
        [
          'of the fifth meter',
          ['bytes', 'calls', 'places', 'rows', 'seats'].map((meter) => ({ ...perUse(1n), meter })),
        ],
        ['of an inherited name', [{ ...perUse(1n), meter: 'constructor' }]],
      ] as const
    ).map(([what, prices]): Case => ({
      what: `there is no price ${what}`,
      given: published,
      ...revise({ prices: [...prices] }),
      then: codes.PRICE_INVALID,
    })),
    {
      what: 'every meter that is asked for may have its price, at the bounds of each',
      given: published,
      ...revise({
        prices: [
          { meter: 'bytes', per: 1n << 44n, perMs: 0n, amountMicro: PRICE_MICRO_MAX },
          { meter: 'calls', per: 1_000_000_000n, perMs: 0n, amountMicro: PRICE_MICRO_MAX },
          { meter: 'places', per: 100_000n, perMs: 253_402_300_799_999n, amountMicro: PRICE_MICRO_MAX },
        ],
      }),
      then: ['StrategyRecorded'],
    },
    { what: 'nothing has to have a price', given: published, ...revise({ prices: [] }), then: ['StrategyRecorded'] },
    {
      what: 'the quality of each interval is promised, and what less of it costs',
      given: published,
      ...revise({ promise: quantities({ firstByteMs: 600_000n }), degradedPerMille: 1_000n }),
      then: ['StrategyRecorded'],
    },
    ...(
      [
        ['of a meter that nobody measures', { promise: quantities({ rateKbit: 5n }) }],
        ['of a meter that is counted, not measured', { promise: quantities({ calls: 5n }) }],
        ['of an inherited name', { promise: quantities({ toString: 5n }) }],
        ['above the bound of its meter', { promise: quantities({ firstByteMs: 600_001n }) }],
        ['of nothing', { promise: quantities({ firstByteMs: 0n }) }],
        ['that stands twice', { promise: [...quantities({ firstByteMs: 5n }), ...quantities({ firstByteMs: 6n })] }],
        ['whose breach costs more than the whole price', { degradedPerMille: 1_001n }],
      ] satisfies [string, Partial<StrategyArgs>][]
    ).map(([what, offered]): Case => ({
      what: `there is no promise ${what}`,
      given: published,
      ...revise(offered),
      then: codes.PROMISE_INVALID,
    })),
    ...["use.choice.x == 'a'", 'use.amount.x > 1', 'use.amount.rows > 1', 'has(use.amount.x)', 'has(use.choice.x)'].map(
      (text): Case => ({
        what: `a rule reads no name that the kind lacks: ${text}`,
        given: published,
        ...rule(text),
        then: codes.RULE_NAME_UNKNOWN,
      }),
    ),
    ...["use.choice.constructor == 'a'", "use.choice.__proto__ == 'a'"].map((text): Case => ({
      what: `a rule reads nothing that names inherit: ${text}`,
      given: published,
      ...rule(text),
      then: text.includes('__proto__') ? codes.RULE_INVALID : codes.RULE_NAME_UNKNOWN,
    })),
    {
      what: 'a rule reads every choice and every amount that the kind has',
      given: published,
      ...rule(
        "has(use.choice.format) && use.choice.format != 'json' && use.amount.bytes + use.amount.calls > use.amount.places",
      ),
      then: ['StrategyRecorded'],
    },
    invalid('no way has a name that the kind lacks', { ways: [...ways(), ...terms({ salary: '1' })] }),
    invalid('no way stands twice', { ways: [...terms({ columns: '["date"]' }), ...ways()] }),
    invalid('ways stand in the order of their names', { ways: ways().reverse() }),
    invalid('a way that is given is not empty', { ways: [...ways(), ...terms({ rowFilter: '' })] }),
    invalid('ways are bounded together', { ways: ways({ columns: Array<string>(900).fill('date') }) }),
    invalid('columns are a list of texts', { ways: terms({ columns: '[1]', formats: '["csv"]' }) }),
    invalid('no limit is of a meter that the kind does not limit', {
      limits: quantities({ bytes: 1n, calls: 1n, rows: 1n }),
    }),
    invalid('every limit is there', { limits: quantities({ calls: 1n }) }),
    invalid('limits stand in the order of their meters', { limits: quantities({ bytes: 1n, calls: 1n }).reverse() }),
    invalid('no limit stands twice', {
      limits: [...quantities({ bytes: 1n, calls: 1n }), ...quantities({ calls: 1n })],
    }),
    {
      what: 'a capacity is of what the kind holds and of nothing else',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, quantities({ calls: 1n, places: 1n }))),
      then: 316,
    },
    {
      what: 'a capacity has the bound of its meter',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, places(100_001n))),
      then: 316,
    },
    {
      what: 'an unknown resource has no strategy',
      given: published,
      when: (ledger) => ledger.run(PROVIDER, 'ReviseStrategy', { ...reviseArgs(), resource: 9n }),
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
    ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({ useMsMax: 1_000n }));
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
        index: -1n,
        sentence: 'use must be at most 2 hours',
        values: [{ name: 'use.durationMs', value: '21600000' }],
        error: '',
      },
      {
        index: 0n,
        sentence: 'purpose must be research or education',
        values: [{ name: 'use.purpose', value: 'journalism' }],
        error: '',
      },
      {
        index: 1n,
        sentence: 'applicant must have completed an order',
        values: [{ name: 'applicant.completedOrders', value: '0' }],
        error: '',
      },
      {
        index: 3n,
        sentence: 'field of business must be among the tags',
        error: '',
        values: [
          { name: 'use.field', value: 'energy' },
          { name: 'resource.tags', value: 'weather, seattle' },
        ],
      },
      {
        index: 4n,
        sentence: 'a rule that divides by zero',
        values: [{ name: 'applicant.completedOrders', value: '0' }],
        error: 'the rule could not be evaluated with these values',
      },
    ]);
  });

  test('a rule reads an absent choice as an empty text and an absent amount as 0', () => {
    const conditions = ["use.choice.format == 'csv'", 'use.amount.calls > 0', 'has(use.choice.format)'].map((text) => ({
      rule: text,
      sentence: text,
    }));
    const named = failed({ conditions }, { choices: [], amounts: places(1n) }).filter(({ index }) => index >= 0n);
    expect(named.map(({ sentence, values, error }) => [sentence, values, error])).toEqual([
      ["use.choice.format == 'csv'", [{ name: 'use.choice.format', value: '' }], ''],
      ['use.amount.calls > 0', [{ name: 'use.amount.calls', value: '0' }], ''],
    ]);
  });

  test('built-in limits speak plain words: times, use, formats, calls, bytes [I.2-1]', () => {
    const opensAtMs = START_MS + HOUR_MS;
    const closesAtMs = START_MS + 2n * HOUR_MS + 1n;
    const offered = {
      opensAtMs,
      closesAtMs,
      useMsMax: 90_000n,
      ways: ways({ formats: ['csv', 'json', 'parquet'] }),
      limits: quantities({ bytes: 5n, calls: 1n }),
    };
    const asked = {
      durationMs: 3n * HOUR_MS,
      choices: terms({ format: 'xlsx' }),
      amounts: amountsOfUse({ calls: 2n, bytes: 6n }),
    };
    expect(
      failed({ accessClass: 'public', conditions: [], ...offered }, asked).map((condition) => condition.sentence),
    ).toEqual([
      'use must begin at 2025-11-24T17:00:00Z or later',
      'use must end by 2025-11-24T18:00:00.001Z',
      'use must be at most 1 minute 30 seconds',
      'format must be csv, json or parquet',
      'use must be at most 5 bytes',
      'use must be at most 1 call',
    ]);
  });

  test('the agent revises nothing unless the owner lets it', () => {
    const ledger = published();
    // Scope is checked at admission; the contract itself asks for the owner account only.
    expect(ledger.run(CUSTOMER, 'ReviseStrategy', reviseArgs(), { key: AGENT_KEY }).code).toBe(406);
  });
});
