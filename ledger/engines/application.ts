import type { Application } from '#ledger/abci/application.ts';
import { Machine } from '#ledger/abci/machine.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Genesis } from '#ledger/core/genesis.ts';

/** What an engine's thread imports by name: the one application of this ledger. */
export function createApplication(genesis: Genesis, crypto: Crypto): Application {
  return new Machine(genesis, crypto);
}

/** What a thread beside a validator's imports: it checks signatures of this application's transactions. */
export { createSignatureChecker } from '#ledger/abci/verified-transactions.ts';
