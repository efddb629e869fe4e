import { expect, test } from 'vitest';
import { isSpecialAddress } from './special-addresses.ts';

test.each([
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  'fd00::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'x',
])('%s is none of the Internet', (address) => expect(isSpecialAddress(address)).toBe(true));
test.each(['1.1.1.1', '172.32.0.1', '2606:4700::1111'])('%s is one', (address) =>
  expect(isSpecialAddress(address)).toBe(false),
);
