import { expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { compileMethods, encodeTransaction, signTransaction } from '#ledger/core/transaction.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import { filled } from './testing/test-network.ts';
import { createSignatureChecker, VerifiedTransactions } from './verified-transactions.ts';

test('what was verified is kept within bytes, not only within a number: strangers sign transactions of any size [8.2.1-a]', () => {
  const publicKey = new Uint8Array(65).fill(4);
  let recovered = 0;
  const crypto = {
    ...nobleCrypto,
    recover: () => {
      recovered += 1;
      return publicKey;
    },
  };
  const verified = new VerifiedTransactions(filled(1), crypto);
  const compiled = compileMethods(methods, nobleCrypto).get('Prepare')!;
  const large = (nonce: bigint): Uint8Array => {
    const args = { agreement: 1n, startsAtMs: 1n, descriptor: new Uint8Array(16_000) };
    const transaction = { method: 'Prepare', account: 1n, key: 0n, nonce, validUntilMs: 1n, args };
    return encodeTransaction({ transaction, network: filled(1), signature: new Uint8Array(65) }, compiled);
  };
  const first = large(0n);
  expect(verified.verify(first).ok && verified.verify(first).ok).toBe(true);
  expect(recovered).toBe(1);
  for (let nonce = 1n; nonce <= 1_100n; nonce += 1n) verified.verify(large(nonce));
  expect(verified.verify(first).ok).toBe(true);
  expect(recovered).toBe(1_102);
});

test('what a thread beside has checked is not checked again, and everything else is judged as without it [8.2.1-a]', () => {
  let recovered = 0;
  const crypto = {
    ...nobleCrypto,
    recover: (...given: Parameters<typeof nobleCrypto.recover>) => {
      recovered += 1;
      return nobleCrypto.recover(...given);
    },
  };
  const network = filled(1);
  const secretKey = nobleCrypto.sha256(filled(7));
  const compiled = compileMethods(methods, nobleCrypto).get('Prepare')!;
  const signed = (nonce: bigint, of = network): Uint8Array => {
    const args = { agreement: 1n, startsAtMs: 1n, descriptor: new Uint8Array(20) };
    const transaction = { method: 'Prepare', account: 1n, key: 0n, nonce, validUntilMs: 1n, args };
    return encodeTransaction(signTransaction({ transaction, network: of }, secretKey, compiled, nobleCrypto), compiled);
  };
  const [first, foreign, unsigned] = [signed(0n), signed(1n, filled(2)), signed(2n)];
  unsigned.fill(0, -65);
  const given = [first, foreign, unsigned, filled(3)];
  const checked = createSignatureChecker(nobleCrypto)(given);
  expect(checked.map(({ key }) => key)).toEqual([first, foreign].map((each) => toHex(nobleCrypto.sha256(each))));
  const verified = new VerifiedTransactions(network, crypto);
  verified.expect(checked);
  const alone = new VerifiedTransactions(network, nobleCrypto);
  for (const bytes of given) expect(verified.verify(bytes)).toEqual(alone.verify(bytes));
  // Of the four one is of another network, one no transaction, and only the unsigned one was left to look at.
  expect(recovered).toBe(1);
  const other = signed(3n);
  expect(verified.verify(other)).toEqual(alone.verify(other));
  expect(recovered).toBe(2);
});
