import { describe, expect, test } from 'vitest';
import { agreementEvent } from '#ledger/contracts/agreement/definition.ts';
import { definitions } from '#ledger/contracts/definitions.ts';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { resourceEvent } from '#ledger/contracts/resource/definition.ts';
import { decodeRuns, type IntervalState } from '#ledger/contracts/shared/runs.ts';
import { settlementEvent } from '#ledger/contracts/settlement/definition.ts';
import type { Interval } from './intervals.ts';
import { claimCommand, readEvent, testReportOf, type EventPayload } from './ledger-terms.ts';
import type { OrderTerms } from './resources/kind.ts';

const claimed = settlementEvent('UsageClaimed', {
  agreement: 7n,
  by: 1n,
  runs: new Uint8Array(3),
  fromMs: 1_000n,
  untilMs: 5_000n,
  keptMs: 4_000n,
  degradedMs: 0n,
  downMs: 0n,
  used: [
    { meter: 'bytes', amount: 300n },
    { meter: 'calls', amount: 3n },
  ],
});

function read(event: object): ReturnType<typeof readEvent> {
  return readEvent(event as EventPayload);
}

describe('an event of the ledger', () => {
  test('about a claim is told in the agent’s words', () => {
    expect(read(claimed)).toEqual({
      ok: true,
      value: { fact: 'claimed', agreement: 7, untilMs: 5_000, used: { bytes: 300, calls: 3 } },
    });
  });

  test('about an order is told in the agent’s words, part, choices, ways and promise with it', () => {
    const ways = [{ name: 'columns', value: '["a","b"]' }];
    const choices = [{ name: 'format', value: 'csv' }];
    const reserved = agreementEvent('AgreementReserved', {
      agreement: 8n,
      order: 7n,
      part: 2n,
      replaces: 0n,
      continues: 0n,
      customer: 2n,
      identifiedBy: 0n,
      provider: 1n,
      resource: 4n,
      kind: 'data',
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      choices,
      ways,
      prices: [],
      amounts: [
        { meter: 'bytes', amount: 2n ** 53n - 1n },
        { meter: 'calls', amount: 9n },
        { meter: 'places', amount: 1n },
      ],
      promise: [{ meter: 'firstByteMs', amount: 250n }],
      degradedPerMille: 400n,
      durationMs: 60_000n,
      holdMicro: 5n,
      backup: [],
      encryptionKey: new Uint8Array(32),
      agentKey: 3n,
      sourceId: 'trees',
      intervalMs: 1_000n,
      feePerMille: 20n,
      reservedAtMs: 1n,
      prepareByMs: 9n,
    });
    expect(read(reserved)).toEqual({
      ok: true,
      value: {
        fact: 'reserved',
        provider: 1,
        agentKey: 3,
        continues: 0,
        terms: {
          agreement: 8,
          order: 7,
          part: 2,
          first: 8,
          customer: 2,
          resource: 4,
          kind: 'data',
          sourceId: 'trees',
          choices,
          ways,
          amounts: { bytes: Number.MAX_SAFE_INTEGER, calls: 9, places: 1 },
          promise: [{ meter: 'firstByteMs', amount: 250 }],
          degradedPerMille: 400,
          intervalMs: 1_000,
          encryptionKey: '00'.repeat(32),
          billing: { durationMs: 60_000, holdMicro: '5', prices: [] },
          prepareByMs: 9,
        },
      },
    });
  });

  test('about a publication keeps the attributes as they are', () => {
    const attributes = [{ name: 'rows', value: '2' }];
    const published = resourceEvent('ResourcePublished', {
      resource: 1n,
      owner: 5n,
      kind: 'data',
      title: 'T',
      summary: '',
      tags: [],
      region: '',
      licence: '',
      sourceUrl: '',
      agentKey: 2n,
      sourceId: 'x',
      attributes,
      capacity: [],
      testedAtMs: 1n,
      publishedAtMs: 2n,
    });
    expect(read(published)).toEqual({
      ok: true,
      value: {
        fact: 'published',
        owner: 5,
        agentKey: 2,
        published: { resource: 1, kind: 'data', sourceId: 'x', attributes },
      },
    });
  });

  test.each(['account', 'agreement', 'resource', 'settlement'] as const)(
    'of a version of the contract %s that the agent does not know is refused, with the advice to update it',
    (contract) => {
      const { version: known } = definitions[contract];
      for (const version of [0n, known + 1n, 2n ** 64n - 1n, Number(known), String(known), null]) {
        expect(read({ ...claimed, contract, version })).toMatchObject({
          ok: false,
          sentence: expect.stringContaining('update the agent') as string,
        });
      }
    },
  );

  test('of a contract that an agent has nothing to do with says nothing, in any version', () => {
    for (const contract of ['token', 'governance', 'credit', 'toString', 'constructor']) {
      expect(read({ contract, version: 99n, type: 'Transferred' })).toEqual({ ok: true, value: null });
    }
  });

  test('with a number that the agent cannot hold is set aside and never taken for another, and stops it where a link would stay open [I.2-7]', () => {
    const sentence = expect.stringContaining('9007199254740992') as string;
    const aside = { ok: true, value: { fact: 'set-aside', sentence } };
    expect(read({ ...claimed, agreement: 2n ** 53n })).toMatchObject(aside);
    expect(read({ ...claimed, untilMs: 2n ** 53n })).toMatchObject(aside);
    expect(read({ ...claimed, used: [{ meter: 'calls', amount: 2n ** 53n }] })).toMatchObject(aside);
    expect(read({ ...claimed, used: [{ meter: 'rows', amount: 2n ** 64n - 1n }] }).ok).toBe(true);
    const ended = { agreement: 7n, reason: 'expired', endedAtMs: 2n ** 53n, settleAtMs: 1n };
    const event = { contract: 'agreement', version: definitions.agreement.version, type: 'AgreementEnded', ...ended };
    expect(read(event)).toMatchObject({ ok: false, sentence });
  });
});

describe('a claim', () => {
  const promise = [{ meter: 'firstByteMs', amount: 100 }];
  const terms = { agreement: 7, intervalMs: 10, promise, degradedPerMille: 500 } as unknown as OrderTerms;
  const { promises } = kinds.data;

  function intervals(...states: readonly (readonly [IntervalState, number])[]): Interval[] {
    return states.map(([state, firstByteMs], index) => {
      const fromMs = 1_000 + index * 10;
      return { fromMs, toMs: fromMs + 10, state, measured: { firstByteMs } };
    });
  }

  test('has amounts above zero in the order of their meters, and runs of like intervals [I.2-6]', () => {
    const { method, args } = claimCommand({
      terms,
      promises,
      used: { rows: 30, calls: 3, bytes: 300, objects: 0 },
      untilMs: 1_045,
      intervals: intervals(['kept', 7], ['kept', 7], ['degraded', 900], ['down', 5], ['kept', 0]),
    });
    expect(method.name).toBe('ClaimUsage');
    expect(args).toMatchObject({ agreement: 7n, untilMs: 1_045n });
    expect(args['used']).toEqual([
      { meter: 'bytes', amount: 300n },
      { meter: 'calls', amount: 3n },
      { meter: 'rows', amount: 30n },
    ]);
    expect(decodeRuns(args['runs'] as Uint8Array, 1)).toEqual([
      { count: 2, state: 'kept', measured: [7] },
      { count: 1, state: 'degraded', measured: [900] },
      { count: 1, state: 'down', measured: [0] },
      { count: 1, state: 'kept', measured: [0] },
    ]);
  });

  test('of nothing that was used and no time is empty', () => {
    const { args } = claimCommand({ terms, promises, used: { bytes: 0 }, untilMs: 1_000, intervals: [] });
    expect(args).toMatchObject({ used: [], runs: new Uint8Array(0) });
  });
});

test('what is signed after a test are its attributes, bound to network, owner, source and kind [6.2.3-a]', () => {
  const network = new Uint8Array(32);
  const attributes = [{ name: 'rows', value: '2' }];
  expect(testReportOf(attributes, { network, owner: 1, sourceId: 'x', kind: 'data', testedAtMs: 5 })).toEqual({
    network,
    owner: 1n,
    sourceId: 'x',
    kind: 'data',
    attributes,
    testedAtMs: 5n,
  });
});
