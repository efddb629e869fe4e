import { describe, expect, test } from 'vitest';
import type { Interval, IntervalState } from './intervals.ts';
import { claimCommand, readEvent, testReportOf, type EventPayload } from './ledger-terms.ts';
import type { OrderTerms } from './resources/kind.ts';

const TOO_MUCH = 2n ** 64n - 1n;
const claimed: EventPayload = {
  ...{ contract: 'settlement', version: 1n, type: 'UsageClaimed', agreement: 7n, by: 1n },
  ...{ calls: 3n, rows: 30n, bytes: 300n, served: new Uint8Array(1), untilMs: 5_000n },
};

describe('an event of the ledger', () => {
  test('is told in the agent’s words', () => {
    expect(readEvent(claimed)).toEqual({
      ok: true,
      value: { fact: 'claimed', agreement: 7, untilMs: 5_000, used: { bytes: 300, calls: 3, rows: 30 } },
    });
    const reserved = readEvent({
      ...{ contract: 'agreement', version: 1n, type: 'AgreementReserved', agreement: 7n, customer: 2n, provider: 1n },
      ...{ resource: 4n, format: 'csv', columns: ['a', 'b'], rowFilter: '', callsMax: 9n, bytesMax: TOO_MUCH },
      ...{
        sourceId: 'trees',
        agentKey: 1n,
        intervalMs: 1_000n,
        prepareByMs: 9_000n,
        encryptionKey: new Uint8Array(32),
      },
    });
    expect(reserved).toMatchObject({
      ok: true,
      value: {
        fact: 'reserved',
        terms: {
          choices: [{ name: 'format', value: 'csv' }],
          ways: [
            { name: 'columns', value: '["a","b"]' },
            { name: 'formats', value: '["csv"]' },
          ],
          amounts: { bytes: Number.MAX_SAFE_INTEGER, calls: 9, places: 1 },
        },
      },
    });
  });

  test.each(['account', 'agreement', 'resource', 'settlement'])(
    'of a version of the contract %s that the agent does not know is refused, with the advice to update it',
    (contract) => {
      for (const version of [0n, 2n, TOO_MUCH, 1, '1', null]) {
        const read = readEvent({ ...claimed, contract, version } as EventPayload);
        expect(read).toMatchObject({ ok: false, sentence: expect.stringContaining('update the agent') as string });
      }
    },
  );

  test('of a contract that an agent has nothing to do with says nothing, in any version', () => {
    for (const contract of ['token', 'governance', 'credit', 'toString', 'constructor']) {
      expect(readEvent({ contract, version: 99n, type: 'Transferred' })).toEqual({ ok: true, value: null });
    }
  });

  test('with amounts and times beyond every meter and clock is held at the highest that there is', () => {
    expect(readEvent({ ...claimed, rows: TOO_MUCH, untilMs: TOO_MUCH })).toMatchObject({
      value: { untilMs: Number.MAX_SAFE_INTEGER, used: { rows: Number.MAX_SAFE_INTEGER } },
    });
  });

  test('with an id that the agent cannot hold is refused and never taken for another', () => {
    const read = readEvent({ ...claimed, agreement: 2n ** 53n });
    expect(read).toMatchObject({ ok: false, sentence: expect.stringContaining('9007199254740992') as string });
  });
});

describe('a claim', () => {
  const terms = { agreement: 7, intervalMs: 10, promise: [] } as unknown as OrderTerms;

  test('has one bit for each interval of the window, set when it was served [I.2-6]', () => {
    const states: IntervalState[] = [
      'kept',
      'degraded',
      'down',
      'kept',
      'down',
      'down',
      'kept',
      'kept',
      'kept',
      'down',
    ];
    const intervals = states.map((state, index): Interval => {
      const fromMs = 1_000 + index * 10;
      return { fromMs, toMs: fromMs + 10, state, measured: {} };
    });
    const { args } = claimCommand({
      ...{ terms, meters: {}, used: { bytes: 300, calls: 3, rows: 30 } },
      ...{ startsAtMs: 1_000, sinceMs: 1_000, untilMs: 1_095 },
      intervals: () => intervals,
    });
    expect(args).toMatchObject({ agreement: 7n, calls: 3n, rows: 30n, bytes: 300n, untilMs: 1_095n });
    expect(args['served']).toEqual(Uint8Array.of(0b11001011, 0b01));
  });
});

test('what is signed after a test is the text that was always published, made from its terms [6.2.3-a]', () => {
  const technical = JSON.stringify({
    ...{ format: 'csv', rows: 2, bytes: 20, checksum: 'a'.repeat(64) },
    columns: [{ name: 'x', type: 'BIGINT', nulls: 0, min: '1', max: null }],
  });
  const published = readEvent({
    ...{ contract: 'resource', version: 1n, type: 'ResourcePublished', resource: 1n, owner: 1n, kind: 'data' },
    ...{ agentKey: 1n, sourceId: 'x', technical },
  });
  if (!published.ok || published.value?.fact !== 'published') throw new Error('the event is a publication');
  const { attributes } = published.value.published;
  expect(attributes.map(({ name }) => name)).toEqual(['bytes', 'checksum', 'columns', 'format', 'rows']);
  const of = { network: new Uint8Array(32), owner: 1, sourceId: 'x', testedAtMs: 5 };
  expect(testReportOf(attributes, of).technical).toBe(technical);
});
