import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../supervisor/runtime.mjs';
import { COMETBFT_TESTS } from './cometbft.mjs';

const FOLDERS = ['agent', 'app', 'components', 'ledger', 'lib', 'prisma'];
/** How a test asks whether CometBFT, or a checker made of its code, is there. */
const ASKS = /cometbftProgram\(\)|process\.env\.COMETBFT/;

test('the long part runs every test file that asks for CometBFT, and no other', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ).filter((name) => /\.test\.tsx?$/.test(name));
  const asking = files.filter((name) => ASKS.test(readFileSync(join(root, name), 'utf8')));
  expect(asking.map((name) => name.split(sep).join('/')).toSorted()).toEqual(COMETBFT_TESTS.toSorted());
});
