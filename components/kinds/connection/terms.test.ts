import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { firstDraft, parseUse } from '#components/ledger/intended-use.ts';
import { draftOf, emptyStrategy, fitCapacity, parseTerms, previewOf } from '#components/strategy/terms.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { readRelayWays, relayTerms, relayWaysTerms } from '#ledger/contracts/kinds/connection.ts';
import { fitWays, parseWays, portsInWords, waysDraft } from './terms.ts';

const connection = kindOf('connection');
const attributes = relayTerms({
  connections: 64n,
  downBytesPerS: 8_000_000n,
  ports: '80,443,8000-8099',
  probeBytesPerS: 7_000_000n,
  region: 'EU-DE',
  roundTripMs: 12n,
  upBytesPerS: 4_000_000n,
});

describe('what a relay shares', () => {
  test('is what its test found where nothing was typed, and what was typed where something was', () => {
    expect(fitWays({ ports: '' }, attributes)).toEqual({ ports: '80,443,8000-8099' });
    expect(fitWays({ ports: '443' }, attributes)).toEqual({ ports: '443' });
    expect(waysDraft(relayWaysTerms('80,8000-8099'))).toEqual({ ports: '80,8000-8099' });
  });

  test('is read with the spaces that people type', () => {
    expect(parseWays({ ports: ' 80, 443 , 8000-8099' })).toEqual({
      ok: true,
      terms: relayWaysTerms('80,443,8000-8099'),
    });
    expect(portsInWords('80,443,8000-8099')).toBe('80, 443, 8000 to 8099');
  });

  test.each(['', '443,80', '0', '65536', 'https', '80;443', '80–90', '１'])(
    '%j is refused in words, at the field',
    (ports) => {
      const parsed = parseWays({ ports });
      expect(parsed.ok ? {} : parsed.errors).toEqual({ ports: expect.stringMatching(/^Ports must be/) as string });
    },
  );

  test('no draft from anywhere makes ways that the ledger refuses', () => {
    const value = fc.oneof(fc.string(), fc.stringMatching(/^[0-9, -]{0,20}$/), fc.array(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('ports', 'x'), value), (draft) => {
        const parsed = parseWays(draft);
        if (parsed.ok) expect(readRelayWays(parsed.terms)).toBeDefined();
      }),
    );
  });
});

describe('a relay in the forms', () => {
  const sound = () => {
    const draft = fitCapacity(connection, { ...emptyStrategy(connection), ways: { ports: '443' } }, attributes);
    const parsed = parseTerms(connection, draft, attributes);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return parsed.terms;
  };

  test('has the capacity that the test found, and rates that are typed in megabytes a second', () => {
    const { strategy, capacity } = sound();
    expect(capacity).toEqual([
      { meter: 'connections', amount: 64n },
      { meter: 'downBytesPerS', amount: 8_000_000n },
      { meter: 'upBytesPerS', amount: 4_000_000n },
    ]);
    expect(strategy).toMatchObject({
      ways: relayWaysTerms('443'),
      prices: [{ meter: 'downBytesPerS', per: 1_000_000n, perMs: 3_600_000n, amountMicro: 1_000_000n }],
    });
    const draft = draftOf(connection, previewOf(strategy, { version: 1, nowMs: 0 }), capacity.map(toQuantityDto));
    expect(draft.amounts['upBytesPerS']).toBe('4');
    expect(parseTerms(connection, draft, attributes)).toMatchObject({ ok: true, terms: { strategy, capacity } });
  });

  test('more than the tested relay has is refused at its field', () => {
    const draft = fitCapacity(connection, { ...emptyStrategy(connection), ways: { ports: '443' } }, attributes);
    const parsed = parseTerms(connection, { ...draft, amounts: { ...draft.amounts, upBytesPerS: '5' } }, attributes);
    expect(parsed.ok ? {} : parsed.errors).toEqual({
      amounts: { upBytesPerS: expect.stringContaining('At most 4 megabytes a second') as string },
    });
  });

  test('a use asks for a megabyte a second for an hour at first, and for no more than is free', () => {
    const { strategy, capacity } = sound();
    const preview = previewOf(strategy, { version: 1, nowMs: 0 });
    const declared = { purpose: 'research', fieldOfBusiness: 'weather' };
    const draft = { ...firstDraft(connection, preview, capacity.map(toQuantityDto)), ...declared };
    expect(parseUse(connection, draft)).toMatchObject({
      ok: true,
      use: {
        durationMs: 3_600_000,
        choices: [],
        amounts: [
          { meter: 'bytes', amount: 100_000_000n },
          { meter: 'bytesIn', amount: 100_000_000n },
          { meter: 'connections', amount: 16n },
          { meter: 'downBytesPerS', amount: 1_000_000n },
          { meter: 'upBytesPerS', amount: 1_000_000n },
        ],
      },
    });
  });
});
