import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { methods } from '#ledger/contracts/definitions.ts';
import { compileMethods, decodeTransaction, recoverSigner } from '#ledger/core/transaction.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';

/**
 * The limit that throughput is divided by: two threads that hash the typed data of transactions and recover their signers, and do nothing
 * else. They are decoded before the clock starts.
 */
const THREADS = 2;

function runThread(transactions: readonly Uint8Array[]): void {
  const compiled = compileMethods(methods, nativeCrypto);
  const signed = transactions.map((bytes) => {
    const decoded = decodeTransaction(bytes, compiled);
    if (!decoded.ok) throw new Error('The limit is measured over transactions that are whole.');
    return { signed: decoded.value, compiled: compiled.get(decoded.value.transaction.method)! };
  });
  parentPort?.once('message', () => {
    for (const each of signed)
      if (recoverSigner(each.signed, each.compiled, nativeCrypto) === undefined)
        throw new Error('A signature of the load recovers nobody.');
    parentPort?.postMessage('done');
  });
  parentPort?.postMessage('ready');
}

/** Transactions a second that both threads check together, each all of them. */
export async function verificationsPerSecond(transactions: readonly Uint8Array[]): Promise<number> {
  const workers = Array.from(
    { length: THREADS },
    () => new Worker(new URL(import.meta.url), { workerData: { transactions } }),
  );
  const told = async (): Promise<unknown> =>
    Promise.all(
      workers.map(
        (worker) =>
          new Promise((resolve, reject) => {
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
  try {
    await told();
    const begunAt = performance.now();
    const done = told();
    for (const worker of workers) worker.postMessage('begin');
    await done;
    return (THREADS * transactions.length * 1_000) / (performance.now() - begunAt);
  } finally {
    for (const worker of workers) await worker.terminate();
  }
}

if (!isMainThread) runThread((workerData as { transactions: readonly Uint8Array[] }).transactions);
