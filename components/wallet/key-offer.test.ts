import { expect, test } from 'vitest';
import { parseKeyOffer } from './key-offer.ts';

const address = `0x${'aB'.repeat(20)}`;
const proof = '0f'.repeat(65);

test('an offer names the key, its proof and what it calls itself', () => {
  expect(parseKeyOffer(` ${address}.${proof}.Nightly%20backup%2E1 \n`)).toEqual({
    address,
    proof,
    label: 'Nightly backup.1',
  });
});

test.each([
  ['nothing', ''],
  ['a short address', `0xab.${proof}.x`],
  ['a short proof', `${address}.0f.x`],
  ['no label', `${address}.${proof}.`],
  ['a broken escape', `${address}.${proof}.%E0%A4%A`],
  ['a line end in the label', `${address}.${proof}.a%0Ab`],
  ['a label that the contract refuses', `${address}.${proof}.${'a'.repeat(65)}`],
  ['more than an offer', `${address}.${proof}.a.b`],
])('%s is no offer', (_, text) => {
  expect(parseKeyOffer(text)).toBeUndefined();
});
