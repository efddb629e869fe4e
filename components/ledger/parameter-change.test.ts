import { expect, test } from 'vitest';
import { PARAMETERS, parameterDefinition } from '#ledger/contracts/definitions.ts';
import { changeInWords, doubtAbout, rangeInWords } from './parameter-change.ts';

test('a change says the parameter, the old and the new value with their units, and a range both its ends', () => {
  expect(changeInWords({ name: 'deliveryMs', from: 120_000n, to: 1n })).toMatch(/: from 2 minutes to 1 ms$/);
  expect(changeInWords({ name: 'feePerMille', from: 10n, to: 20n })).toMatch(/: from 10 ‰ to 20 ‰$/);
  for (const name of PARAMETERS) expect(rangeInWords(name)).toMatch(/\d.* to .*\d/);
});

test.each([
  ['deliveryMs', 120_000n, 1n, /less than a second.*milliseconds/],
  ['votingMs', 86_400_000n, 1_440n, /less than a tenth/],
  ['feePerMille', 10n, 200n, /more than 10 times/],
  ['feePerMille', 10n, 0n, /nothing at all/],
  ['deliveryMs', 120_000n, 240_000n, undefined],
  ['openAgreementsMax', 20n, 100n, undefined],
] as const)('%s from %s to %s is asked about when it is rather a slip than a wish', (name, from, to, doubt) => {
  const found = doubtAbout({ name, from, to });
  if (doubt === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(doubt);
});

test('no parameter can be set to its least time without a question', () => {
  for (const name of PARAMETERS) {
    const { unit, min, initial } = parameterDefinition(name);
    if (unit === 'ms' && min < 1_000n)
      expect([name, doubtAbout({ name, from: initial, to: min })]).not.toContain(undefined);
  }
});
