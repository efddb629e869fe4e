import { describe, expect, test } from 'vitest';
import { COLUMNS_MAX, dataSetTerms, dataWaysTerms, readDataSet, readDataWays } from '#ledger/contracts/kinds/data.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  ATTRIBUTES,
  DATA_SET,
  HOUR_MS,
  amountsOfUse,
  places,
  quantities,
  strategy,
  terms,
  ways,
} from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  PROVIDER,
  TestLedger,
  applyArgs,
  reviseArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { SOURCES_MAX, resourceCodes as codes } from './definition.ts';
import { readListing, reserve } from './contract.ts';

const withAgent =
  (scope: Args = {}) =>
  () => {
    const ledger = new TestLedger();
    ledger.authorizeAgent(scope);
    return ledger;
  };
const published = () => new TestLedger().publish();
const publish = (fields: Args = {}): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs(fields)),
});
const act = (method: string, args: Args, who = PROVIDER, key = 0n): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, method, { resource: 1n, ...args }, { key }),
});
const after =
  (method: string, args: Args = {}) =>
  () => {
    const ledger = published();
    ledger.run(PROVIDER, method, { resource: 1n, ...args });
    return ledger;
  };
const suspend = { reason: 'owner-decision' };

/** The sample's attributes with another value for one of them. */
const changed = (name: string, value: string) =>
  ATTRIBUTES.map((term) => (term.name === name ? { name, value } : term));

describe('resource', () => {
  runCases(codes, [
    {
      what: 'one signature publishes words, test result and strategy [6.2.3-b] [6.2.3-c] [8.3.1-a] [8.3.1-e] [I.2-1] [I.2-2]',
      given: withAgent(),
      ...publish(),
      then: ['ResourcePublished', 'StrategyRecorded'],
    },
    {
      what: 'only providers publish [7.2.1-b]',
      given: withAgent(),
      when: (ledger) => ledger.run(CUSTOMER, 'PublishResource', ledger.publishArgs()),
      then: codes.PROVIDER_ROLE_REQUIRED,
    },
    {
      what: 'only kinds that the ledger knows are offered',
      given: withAgent(),
      ...publish({ kind: 'bandwidth' }),
      then: codes.KIND_NOT_OFFERED,
    },
    {
      what: 'a title has 120 characters',
      given: withAgent(),
      ...publish({ title: 'a'.repeat(121) }),
      then: codes.TEXT_INVALID,
    },
    {
      what: 'a title has no control character',
      given: withAgent(),
      ...publish({ title: 'a\u0007' }),
      then: codes.TEXT_INVALID,
    },
    {
      what: 'a link is http or https',
      given: withAgent(),
      ...publish({ sourceUrl: 'javascript:alert(1)' }),
      then: codes.TEXT_INVALID,
    },
    { what: 'tags are distinct', given: withAgent(), ...publish({ tags: ['a', 'a'] }), then: codes.TEXT_INVALID },
    {
      what: 'words and metadata have 8 KiB together, counted in UTF-8',
      given: withAgent(),
      ...publish({ summary: '€'.repeat(1_999), attributes: [...ATTRIBUTES, { name: 'x', value: 'a'.repeat(2_100) }] }),
      then: codes.METADATA_TOO_LARGE,
    },
    {
      what: 'attributes are those of the kind, all of them',
      given: withAgent(),
      ...publish({ attributes: terms({ rows: '1' }) }),
      then: codes.ATTRIBUTES_INVALID,
    },
    ...(
      [
        ['has a name that the kind lacks', [...ATTRIBUTES, ...terms({ salary: '1' })]],
        ['stands twice', [ATTRIBUTES[0]!, ...ATTRIBUTES]],
        ['stands before one that its name follows', ATTRIBUTES.toReversed()],
        ['is empty', ATTRIBUTES.map((term) => (term.name === 'checksum' ? { ...term, value: '' } : term))],
        ['holds a control character', changed('format', 'c\u0000sv')],
        ['is named by more than a word', ATTRIBUTES.map((term) => ({ ...term, name: `${term.name} ` }))],
        ['counts below zero', changed('rows', '-1')],
        ['counts more than a browser can hold', changed('bytes', '9007199254740992')],
        ['counts with leading zeros', changed('rows', '01')],
      ] as const
    ).map(([what, attributes]): Case => ({
      what: `no attribute ${what}`,
      given: withAgent(),
      ...publish({ attributes: [...attributes] }),
      then: codes.ATTRIBUTES_INVALID,
    })),
    ...(
      [
        ['is of nothing', []],
        ['is of zero places', places(0n)],
        ['is of more places than there can be', places(100_001n)],
        ['is of what is counted', quantities({ calls: 1n })],
        ['names a meter that the kind lacks', quantities({ places: 1n, seats: 1n })],
        ['names a meter twice', [...places(1n), ...places(1n)]],
        ['is of an inherited name', quantities({ constructor: 1n })],
      ] as const
    ).map(([what, capacity]): Case => ({
      what: `no capacity ${what}`,
      given: withAgent(),
      ...publish({ capacity: [...capacity] }),
      then: codes.CAPACITY_INVALID,
    })),
    {
      what: 'an unknown agent key serves nothing',
      given: withAgent(),
      ...publish({ agentKey: 9n }),
      then: codes.AGENT_KEY_INVALID,
    },
    {
      what: 'a key that may not prepare serves nothing',
      given: withAgent({ methods: ['ClaimUsage'] }),
      ...publish(),
      then: codes.AGENT_KEY_INVALID,
    },
    {
      what: 'a revoked key serves nothing',
      given: () => {
        const ledger = withAgent()();
        ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY });
        return ledger;
      },
      ...publish(),
      then: codes.AGENT_KEY_INVALID,
    },
    {
      what: 'what the agent did not test is not published [6.2.3-a] [8.3.1-b]',
      given: withAgent(),
      when: (ledger) => {
        const signed = ledger.publishArgs();
        return ledger.run(PROVIDER, 'PublishResource', { ...signed, attributes: changed('rows', '1462') });
      },
      then: codes.TEST_SIGNATURE_INVALID,
    },
    {
      what: 'a signature of the wrong length is no test',
      given: withAgent(),
      ...publish({ testSignature: new Uint8Array(3) }),
      then: codes.TEST_SIGNATURE_INVALID,
    },
    {
      what: 'a test grows old [8.3.1-b]',
      given: withAgent(),
      when: (ledger) => {
        const signed = ledger.publishArgs();
        ledger.wait(600_001n);
        return ledger.run(PROVIDER, 'PublishResource', signed);
      },
      then: codes.TEST_TOO_OLD,
    },
    {
      what: 'a test of the future counts as none',
      given: withAgent(),
      when: (ledger) =>
        ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ testedAtMs: ledger.nowMs + 30_001n })),
      then: codes.TEST_TOO_OLD,
    },
    {
      what: 'a suspended agent’s source is not published',
      given: () => published().suspendAgent(),
      ...publish({ sourceId: 'second' }),
      then: codes.NODE_SUSPENDED,
    },
    {
      what: 'a provider whose credit is too low publishes nothing more [8.5.1-c]',
      given: () => published().refuse(PROVIDER, 'publish'),
      ...publish({ sourceId: 'second' }),
      then: codes.CREDIT_TOO_LOW,
    },
    { what: 'a source is offered once', given: published, ...publish(), then: codes.SOURCE_ALREADY_PUBLISHED },
    {
      what: 'a retired source may be offered again',
      given: after('RetireResource'),
      ...publish(),
      then: ['ResourcePublished', 'StrategyRecorded'],
    },
    {
      what: 'the sources of one key are bounded',
      given: () => {
        const ledger = withAgent()();
        for (let source = 0; source < SOURCES_MAX; source++) {
          ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId: `source-${source}` }));
        }
        return ledger;
      },
      ...publish(),
      then: codes.TOO_MANY_SOURCES,
    },
    {
      what: 'an invalid strategy keeps the whole publication back',
      given: withAgent(),
      ...publish({ strategy: strategy({ ways: ways({ formats: [] }) }) }),
      then: 401,
    },
    {
      what: 'an owner suspends',
      given: published,
      ...act('SuspendResource', suspend),
      then: ['ResourceStatusChanged'],
    },
    {
      what: 'the agent suspends what it cannot serve [8.3.1-b]',
      given: published,
      ...act('SuspendResource', { reason: 'source-unavailable' }, PROVIDER, AGENT_KEY),
      then: ['ResourceStatusChanged'],
    },
    {
      what: 'an unknown resource is not suspended',
      given: published,
      ...act('SuspendResource', { ...suspend, resource: 9n }),
      then: codes.RESOURCE_UNKNOWN,
    },
    {
      what: 'a stranger suspends nothing [7.2.2-a]',
      given: published,
      ...act('SuspendResource', suspend, CUSTOMER),
      then: codes.NOT_THE_OWNER,
    },
    {
      what: 'the agent retires nothing [7.2.2-a]',
      given: published,
      ...act('RetireResource', {}, PROVIDER, AGENT_KEY),
      then: codes.NOT_THE_OWNER,
    },
    {
      what: 'what is suspended is not suspended again',
      given: after('SuspendResource', suspend),
      ...act('SuspendResource', suspend),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'what is published is not resumed',
      given: published,
      ...act('ResumeResource', {}),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'what is suspended is resumed',
      given: after('SuspendResource', suspend),
      ...act('ResumeResource', {}),
      then: ['ResourceStatusChanged'],
    },
    {
      what: 'what is retired stays so',
      given: after('RetireResource'),
      ...act('ResumeResource', {}),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'a reason comes from the list',
      given: published,
      ...act('SuspendResource', { reason: 'mood' }),
      then: codes.REASON_INVALID,
    },
    {
      what: 'a resource without a free place takes no reservation',
      given: () => new TestLedger().reserve({}, {}, places(1n)),
      // Asked as the agreement contract asks: it answers with the code of the meter that is short.
      when: ({ state }) => {
        const taken = reserve(state, 1n, { agreement: 2n, amounts: amountsOfUse() });
        return { code: 'short' in taken && taken.short === 'places' ? codes.NO_CAPACITY : 0, events: [] };
      },
      then: codes.NO_CAPACITY,
    },
  ]);

  test('every status change names from, to, by whom and why [8.2.2-b]', () => {
    const { events } = published().run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'metadata-mismatch' });
    expect(events).toEqual([
      {
        contract: 'resource',
        version: 1n,
        type: 'ResourceStatusChanged',
        resource: 1n,
        from: 'published',
        to: 'suspended',
        by: PROVIDER,
        reason: 'metadata-mismatch',
      },
    ]);
  });

  test('places taken and returned are counted through a change of their number [7.2.2-b] [8.2.2-b]', () => {
    const ledger = new TestLedger().reserve();
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: places(1n), capacity: places(2n) });
    ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, places(1n)));
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: places(1n), capacity: places(1n) });
    const ended = ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    expect(ended.events).toContainEqual(
      expect.objectContaining({ type: 'CapacityChanged', free: places(1n), inUse: places(0n), agreement: 1n }),
    );
    ledger.wait(HOUR_MS);
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: places(0n) });
  });

  test('fewer places than are taken leave none free, and take nothing from who has one', () => {
    const ledger = new TestLedger().reserve();
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    const { events } = ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({}, places(1n)));
    expect(events.at(-1)).toMatchObject({
      type: 'CapacityChanged',
      inUse: places(2n),
      free: places(0n),
      agreement: 0n,
    });
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 2n })).code).toBe(513);
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 2n, reason: 'no-longer-needed' });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 2n })).code).toBe(0);
  });

  test('hostile attributes are refused without an exception', () => {
    const hostile = ['', 'null', '[]', '{', '1e999', '{"columns":null}', '{"__proto__":{}}', '['.repeat(8_000)];
    const column = DATA_SET.columns[0]!;
    const shapes = [
      [1],
      [{ ...column, nulls: -1 }],
      [{ ...column, nulls: 1.5 }],
      [{ ...column, nulls: '1' }],
      [{ ...column, nulls: 2 ** 60 }],
      [{ ...column, extra: 1 }],
      [{ ...column, min: {} }],
      [{ ...column, max: 'a'.repeat(257) }],
      [{ ...column, name: '' }],
      [{ ...column, name: 'a'.repeat(129) }],
      [column, column],
      Array.from({ length: COLUMNS_MAX + 1 }, (_, at) => ({ ...column, name: `c${at}` })),
    ].map((shape) => JSON.stringify(shape));
    for (const text of [...hostile, ...shapes]) expect(readDataSet(changed('columns', text))).toBeUndefined();
    for (const name of ['rows', 'bytes'])
      for (const text of ['-1', '1.5', '1e3', ' 1', '', 'NaN', '99999999999999999999'])
        expect(readDataSet(changed(name, text))).toBeUndefined();
    expect(readDataSet(ATTRIBUTES)).toEqual(DATA_SET);
  });

  test('a data set and what is shared of it are what their terms say: read(terms(x)) = x', () => {
    expect(readDataSet(dataSetTerms(DATA_SET))).toEqual(DATA_SET);
    const shared = {
      columns: ['date', 'weather'],
      formats: ['csv', 'parquet'] as const,
      rowFilter: '{"column":"date"}',
    };
    expect(readDataWays(dataWaysTerms(shared))).toEqual(shared);
    expect(readDataWays(dataWaysTerms({ ...shared, rowFilter: '' }))).toEqual({ ...shared, rowFilter: '' });
  });
});
