import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { PARAMETERS } from '#ledger/contracts/definitions.ts';
import { assert } from '#ledger/core/assert.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { foundAccount } from '#ledger/contracts/account/contract.ts';
import { writeParameter } from '#ledger/contracts/governance/record.ts';
import { foundNodes } from '#ledger/contracts/node/contract.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { TREASURY, mint } from '#ledger/contracts/token/contract.ts';
import type { Store } from './store.ts';

/** Writes the founding accounts, balances, parameters and nodes. Leaves no leaf in the receipt log: the genesis hash vouches for all of it. */
export function writeGenesis(store: Store, genesis: Genesis, crypto: Pick<Crypto, 'sha256'>): void {
  for (const parameter of PARAMETERS) {
    const value = genesis.parameters[parameter];
    assert(value !== undefined, `genesis gives the parameter ${parameter} a value`);
    writeParameter(store, parameter, value);
  }
  const addresses = new Set(genesis.accounts.map(({ address }) => toHex(address)));
  assert(addresses.size === genesis.accounts.length, 'genesis names each address once');
  for (const event of mint(TREASURY, genesis.treasuryMicro)) evolve(store, event);
  genesis.accounts.forEach((founder, index) => {
    const account = BigInt(index + 1);
    const { address, profileCommitment, encryptionKey, balanceMicro } = founder;
    const roles = founder.roles.map((name) => {
      const role = ROLES.find((known) => known === name);
      assert(role !== undefined, `genesis gives known roles, not ${name}`);
      return role;
    });
    const facts = { address, profileCommitment, encryptionKey, createdAtMs: genesis.timeMs };
    for (const event of foundAccount(account, facts, [...new Set(roles)])) evolve(store, event);
    for (const event of mint(account, balanceMicro)) evolve(store, event);
  });
  for (const event of foundNodes(genesis.validators, genesis.timeMs, crypto)) evolve(store, event);
}
