import { workerData } from 'node:worker_threads';
import type { Application } from '#ledger/abci/application.ts';
import { Machine } from '#ledger/abci/machine.ts';
import { implementations } from '#ledger/contracts/registry.ts';
import { withToken2 } from '#ledger/contracts/testing/token-2.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Genesis } from '#ledger/core/genesis.ts';

/**
 * The application of a release that has version 2 of the contract token. Named with `?without=<index>` it is the present release's for the
 * validator of that index: one that was not upgraded.
 */
const without = new URL(import.meta.url).searchParams.get('without');
const { index } = (workerData ?? {}) as { index?: number };

export function createApplication(genesis: Genesis, crypto: Crypto): Application {
  return new Machine(genesis, crypto, String(index) === without ? implementations : withToken2);
}
