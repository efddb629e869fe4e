import { KEY_BITS } from '#ledger/contracts/shared/key-id.ts';
import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { accountTables as tables, countRole, findAddress, nextAccount } from './contract.ts';

/** What holds of accounts in any reachable state; a sentence for each fact that does not. */
export function accountInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const accounts = state.scan(tables.accounts);
  accounts.forEach(([id, account], index) => {
    claim(id === BigInt(index + 1), `account ids are dense: ${id} stands at place ${index + 1}`);
    const owner = findAddress(state, account.address);
    claim(owner?.account === id && owner.key === 0n, `the address of account ${id} leads to it`);
    claim(new Set(account.roles).size === account.roles.length, `account ${id} holds each role once`);
  });
  claim(nextAccount(state) === BigInt(accounts.length + 1), 'the next account id follows the last');
  for (const role of ROLES) {
    const holders = accounts.filter(([, account]) => account.roles.includes(role)).length;
    claim(countRole(state, role) === BigInt(holders), `the count of ${role} is the number of its holders`);
  }
  for (const [id, key] of state.scan(tables.keys)) {
    const owner = state.read(tables.accounts, id >> KEY_BITS);
    const number = id & ((1n << KEY_BITS) - 1n);
    claim(owner !== undefined && number > 0n && number < owner.nextKey, `key ${id} belongs to an account that gave it`);
    claim(key.spentMicro <= key.spendingCapMicro, `key ${id} spent within its cap`);
    const bucket = state.scan(tables.addresses).flatMap(([, entries]) => entries);
    const isListed = bucket.some(
      (entry) => equal(entry.address, key.address) && entry.account === id >> KEY_BITS && entry.key === number,
    );
    claim(isListed === !key.revoked, `key ${id} is found by its address exactly while it is not revoked`);
  }
  return broken;
}
