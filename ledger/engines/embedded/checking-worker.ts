import { parentPort, workerData } from 'node:worker_threads';
import type { createSignatureChecker } from '#ledger/abci/verified-transactions.ts';
import { assert } from '#ledger/core/assert.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { CheckingThreadData, FromChecker, ToChecker } from './checking-protocol.ts';

/** The entry of the thread that checks signatures for one validator while that one executes blocks before. */

const port = parentPort;
assert(port !== null, 'this module runs in a worker thread');
const { applicationUrl, cryptoUrl } = workerData as CheckingThreadData;
const { nativeCrypto } = (await import(cryptoUrl)) as { nativeCrypto: Crypto };
const application = (await import(applicationUrl)) as { createSignatureChecker?: typeof createSignatureChecker };
const check = application.createSignatureChecker?.(nativeCrypto);
const post = (message: FromChecker): void => port.postMessage(message);

if (check !== undefined) {
  port.on('message', ({ id, transactions }: ToChecker) => post({ kind: 'checked', id, checked: check(transactions) }));
  post({ kind: 'ready' });
}
