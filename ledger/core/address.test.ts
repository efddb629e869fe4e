import { secp256k1 } from '@noble/curves/secp256k1.js';
import { expect, test } from 'vitest';
import { foreignVectors } from '#ledger/vectors/foreign.ts';
import { addressOf, formatAddress, parseAddress } from './address.ts';
import { fromHex } from './bytes.ts';
import { nobleCrypto } from './crypto-noble.ts';

const accounts = foreignVectors('eip55/ethers-accounts.json') as { privateKey: string; address: string }[] | undefined;

test.skipIf(accounts === undefined)('259 foreign keys give their EIP-55 addresses, and back [8.5.2-b]', () => {
  expect(accounts).toHaveLength(259);
  for (const { privateKey, address } of accounts!) {
    const publicKey = secp256k1.getPublicKey(fromHex(privateKey)!, false);
    const bytes = addressOf(publicKey, nobleCrypto);
    expect(formatAddress(bytes, nobleCrypto)).toBe(address);
    expect(parseAddress(address, nobleCrypto)).toEqual(bytes);
    expect(parseAddress(address.toLowerCase(), nobleCrypto)).toEqual(bytes);
  }
});

test('an address with one letter in the wrong case is refused', () => {
  const good = '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf';
  expect(parseAddress(good, nobleCrypto)).toBeDefined();
  for (const bad of [good.replace('E', 'e'), good.slice(2), `${good}0`, '', '0x', good.replace('0x', '0X')]) {
    expect(parseAddress(bad, nobleCrypto)).toBeUndefined();
  }
});
