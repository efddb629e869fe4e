import { SOURCES_MAX, resourceCodes as codes } from './definition.ts';
import { describe, expect, test } from 'vitest';
import type { Args } from '#ledger/core/typed-data.ts';
import { outcomeOf, runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  HOUR_MS,
  PROVIDER,
  TECHNICAL,
  TestLedger,
  strategy,
} from '#ledger/contracts/testing/test-ledger.ts';
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
      what: 'only data is offered',
      given: withAgent(),
      ...publish({ kind: 'computing' }),
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
      ...publish({ summary: '€'.repeat(1_999), technical: TECHNICAL + ' '.repeat(2_000) }),
      then: codes.METADATA_TOO_LARGE,
    },
    {
      what: 'metadata is the agreed JSON',
      given: withAgent(),
      ...publish({ technical: '{"rows":1}' }),
      then: codes.TECHNICAL_INVALID,
    },
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
        return ledger.run(PROVIDER, 'PublishResource', { ...signed, technical: TECHNICAL.replace('1461', '1462') });
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
      ...publish({ strategy: strategy({ formats: [] }) }),
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
      what: 'a stranger suspends nothing',
      given: published,
      ...act('SuspendResource', suspend, CUSTOMER),
      then: codes.NOT_THE_OWNER,
    },
    {
      what: 'the agent retires nothing',
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
      given: () => new TestLedger().reserve({ simultaneousMax: 1n }),
      // Asked as the agreement contract asks, which answers with its own number for the same fact.
      when: ({ state }) => outcomeOf(reserve(state, 1n, 2n)),
      then: codes.NO_CAPACITY,
    },
  ]);

  test('every status change names from, to, by whom and why [8.2.2-b]', () => {
    const { events } = published().run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'metadata-mismatch' });
    expect(events).toEqual([
      {
        ...{ contract: 'resource', version: 1n, type: 'ResourceStatusChanged', resource: 1n },
        ...{ from: 'published', to: 'suspended', by: PROVIDER, reason: 'metadata-mismatch' },
      },
    ]);
  });

  test('places taken and returned are counted through a change of their number [8.2.2-b]', () => {
    const ledger = new TestLedger().reserve({ simultaneousMax: 2n });
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: 1n, simultaneousMax: 2n });
    ledger.run(PROVIDER, 'ReviseStrategy', { resource: 1n, strategy: strategy({ simultaneousMax: 1n }) });
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: 1n, simultaneousMax: 1n });
    const ended = ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    expect(ended.events).toContainEqual(
      expect.objectContaining({ type: 'CapacityChanged', free: 1n, inUse: 0n, agreement: 1n }),
    );
    ledger.wait(HOUR_MS);
    expect(readListing(ledger.state, 1n)).toMatchObject({ inUse: 0n });
  });

  test('hostile metadata is refused without an exception', () => {
    const hostile = ['', 'null', '[]', '{', '1e999', '{"columns":null}', '{"__proto__":{}}', '['.repeat(8_000)];
    const shapes = [
      { rows: -1 },
      { rows: 1.5 },
      { rows: '1' },
      { bytes: 2 ** 60 },
      { columns: [] },
      { columns: [1] },
      { extra: 1 },
    ];
    const mutated = shapes.map((shape) => JSON.stringify({ ...(JSON.parse(TECHNICAL) as object), ...shape }));
    for (const text of [...hostile, ...mutated]) expect(readTechnical(text)).toBeUndefined();
    expect(readTechnical(TECHNICAL)?.columns).toEqual(['date', 'temp_max', 'weather']);
  });
});
