import { expect, test } from 'vitest';
import { isElsewhere, type TabPerson } from './active-person.ts';

const ash: TabPerson = { address: '0xAbCd', name: 'Ash' };
const birch: TabPerson = { address: '0x1234', name: 'Birch' };

test.each<[string, TabPerson | null, TabPerson | null | undefined, boolean]>([
  ['another person has signed in', ash, birch, true],
  ['its owner has signed out', ash, null, true],
  ['its owner is active, however the address is written', ash, { ...ash, address: '0xabcd' }, false],
  ['no tab has said anything', ash, undefined, false],
  ['it is nobody’s', null, birch, false],
])('a page is somebody else’s by now or not: %s', (_what, owner, active, expected) => {
  expect(isElsewhere(owner, active)).toBe(expected);
});
