import { expect, test } from 'vitest';
import { parseSampleLink } from './sample-link.ts';

const digits = '0123456789abcdef'.repeat(4);

test('a sample link names its person and address', () => {
  expect(parseSampleLink(`#sample=${digits}&name=Harbour%20Data`)).toMatchObject({
    name: 'Harbour Data',
    secretKey: `0x${digits}`,
  });
});

test('any other fragment is no sample link', () => {
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
  for (const fragment of [
    '',
    '#',
    '#sample=',
    `#sample=${digits}00`,
    `#sample=0x${digits}`,
    `#sample=${'0'.repeat(64)}`,
    `#sample=${order}`,
    '#money',
    '#sample=%00',
  ]) {
    expect(parseSampleLink(fragment), fragment).toBeUndefined();
  }
});
