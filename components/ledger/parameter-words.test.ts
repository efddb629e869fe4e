import { expect, test } from 'vitest';
import { PARAMETERS, parameterDefinition } from '#ledger/contracts/definitions.ts';
import { boundsInWords, parameterInWords, parameterTitle, parseParameter } from './parameter-words.ts';

test('each parameter has a title, a value in words and bounds that name both ends', () => {
  for (const name of PARAMETERS) {
    const { min, max, initial, title } = parameterDefinition(name);
    expect(parameterTitle(name)).toBe(title);
    expect(parameterInWords(name, initial.toString())).toMatch(/\d/);
    expect(boundsInWords(name).replaceAll(',', '')).toContain(`from ${min} to ${max}`);
    expect(parseParameter(name, min.toString())).toBe(min);
    expect(parseParameter(name, max.toString())).toBe(max);
    expect(parseParameter(name, (max + 1n).toString())).toBeUndefined();
  }
});

test('figures read by their units', () => {
  expect(parameterInWords('deliveryMs', '120000')).toBe('2 minutes');
  expect(parameterInWords('intervalMs', '1500')).toBe('1,500 ms');
  expect(parameterInWords('feePerMille', '20')).toBe('20 ‰');
  expect(parameterInWords('newAccountGrantMicro', '1500000')).toBe('1.50 tokens');
  expect(parameterInWords('bytesPerEpochMax', '1000000')).toBe('1.00 MB');
  expect(parameterInWords('openAgreementsMax', '100')).toBe('100');
  expect(parameterInWords('toString', '1')).toBe('1');
});

test('no text but a whole number becomes a value', () => {
  for (const text of ['', '-1', '1.5', '1e3', 'many', '0x10', '９', '600,00'])
    expect(parseParameter('contestMs', text), text).toBeUndefined();
  expect(parseParameter('contestMs', ' 600000 ')).toBe(600_000n);
  expect(parseParameter('contestMs', '86,400,000')).toBe(86_400_000n);
});
