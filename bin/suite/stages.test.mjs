import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../supervisor/runtime.mjs';
import { propertyTests, SLOW_TESTS } from './stages.mjs';

test('the properties are found wherever they stand, and nothing else with them', () => {
  const files = propertyTests();
  expect(files).toEqual(expect.arrayContaining(['ledger/core/trie.test.ts', 'components/strategy/terms.test.ts']));
  expect(files).not.toContain('ledger/core/address.test.ts');
});

test('every test that is left to the long part is there', () => {
  expect(SLOW_TESTS.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
