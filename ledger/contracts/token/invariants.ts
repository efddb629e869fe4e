import type { StateScanner } from '#ledger/core/decision.ts';
import { MICRO_END, readSupply, tokenTables as tables } from './contract.ts';

/** Supply is conserved, nothing is negative, every hold is counted once; a sentence for each fact that does not hold. */
export function tokenInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const balances = state.scan(tables.balances);
  const holds = state.scan(tables.holds);
  const { totalMicro, heldMicro } = readSupply(state);
  const free = balances.reduce((sum, [, balance]) => sum + balance.balanceMicro, 0n);
  const held = holds.reduce((sum, [, hold]) => sum + hold.amountMicro, 0n);
  claim(free + held === totalMicro, `balances ${free} and holds ${held} make the supply ${totalMicro}`);
  claim(held === heldMicro, `the held sum ${heldMicro} is the sum of the holds ${held}`);
  claim(totalMicro >= 0n && totalMicro < MICRO_END, 'the supply stays below 2^63');
  for (const [account, balance] of balances) {
    const own = holds.filter(([, hold]) => hold.account === account);
    claim(balance.balanceMicro >= 0n && balance.heldMicro >= 0n, `account ${account} is not overdrawn`);
    claim(balance.holds === BigInt(own.length), `account ${account} counts its holds`);
    const sum = own.reduce((total, [, hold]) => total + hold.amountMicro, 0n);
    claim(balance.heldMicro === sum, `account ${account} has its holds set aside`);
  }
  return broken;
}
