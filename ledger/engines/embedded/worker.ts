import { parentPort, workerData } from 'node:worker_threads';
import type { Application } from '#ledger/abci/application.ts';
import { assert } from '#ledger/core/assert.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { Halt } from '#ledger/core/halt.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { lockFolder } from '#ledger/storage/lock.ts';
import type { FromThread, ToThread, ValidatorThreadData } from './thread-protocol.ts';
import { runValidatorThread } from './validator-thread.ts';

/** The entry of a validator's thread: real disk, real clock, and the modules that the composition root named. */

const port = parentPort;
assert(port !== null, 'this module runs in a worker thread');
const data = workerData as ValidatorThreadData;
const post = (message: FromThread): void => port.postMessage(message);

function sentenceOf(error: unknown): string {
  if (error instanceof Halt) return error.message;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `The validator met a defect of the program and stopped (${reason}).`;
}

function halt(error: unknown): void {
  post({ kind: 'halted', sentence: sentenceOf(error) });
  // The message must leave before the thread ends; nothing else may run meanwhile.
  port?.removeAllListeners('message');
  port?.close();
  setImmediate(() => process.exit(1));
}

async function main(): Promise<void> {
  if (!realDisk.exists(data.folder)) {
    throw new StorageHalt(
      `The folder ${data.folder} is missing: bring it back as it was. Without its key and its votes nobody can take its place; the others go on while they are more than two thirds.`,
    );
  }
  const lock = lockFolder(data.folder);
  const { nativeCrypto } = (await import(data.cryptoUrl)) as { nativeCrypto: Crypto };
  const application = (await import(data.applicationUrl)) as {
    createApplication: (genesis: Genesis, crypto: Crypto) => Application;
  };
  const createApplication = (): Application => application.createApplication(data.genesis, nativeCrypto);
  const parts = { data, disk: realDisk, crypto: nativeCrypto, createApplication, post, halt };
  const thread = runValidatorThread(parts, () => {
    lock.release();
    port?.close();
  });
  port?.on('message', (message: ToThread) => thread.receive(message));
}

main().catch(halt);
