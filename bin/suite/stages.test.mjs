import { expect, test } from 'vitest';
import { propertyTests } from './stages.mjs';

test('the properties are found wherever they stand, and nothing else with them', () => {
  const files = propertyTests();
  expect(files).toEqual(expect.arrayContaining(['ledger/core/trie.test.ts', 'components/strategy/terms.test.ts']));
  expect(files).not.toContain('ledger/core/address.test.ts');
});
