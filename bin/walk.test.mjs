import { expect, test } from 'vitest';
import { WALKS, walks } from './walk.mjs';

const OWN_FILES_MAX = 79;
const TOOL_TIMEOUT_MS = 120_000;

test(
  'a publication and an application each cross fewer than 80 files of their own (decision 0013)',
  () => {
    const counted = walks();
    expect(counted.map(({ walk }) => walk)).toEqual(Object.keys(WALKS));
    for (const { walk, all, own } of counted) {
      expect(own.length, walk).toBeLessThanOrEqual(OWN_FILES_MAX);
      // A count of nothing would pass as well: page, contract and projection are in it, and so is what they all stand on.
      expect(own, walk).toEqual(expect.arrayContaining(WALKS[walk]));
      expect(all, walk).toContain('ledger/core/codec.ts');
    }
  },
  TOOL_TIMEOUT_MS,
);
