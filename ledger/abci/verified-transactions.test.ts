import { expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { compileMethods, encodeTransaction } from '#ledger/core/transaction.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import { filled } from './testing/test-network.ts';
import { VerifiedTransactions } from './verified-transactions.ts';

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
