import { expect, test } from 'vitest';
import { coresDraft, coresInWords } from './cores.ts';

test('thousandths are written as cores', () => {
  expect([coresDraft(1_500), coresInWords(1_000), coresInWords(2_250), coresInWords(0)]).toEqual([
    '1.5',
    '1 core',
    '2.25 cores',
    '0 cores',
  ]);
});
