import { quotient, remainder } from '#ledger/core/integer.ts';
import { isolatedText } from './foreign-text.ts';

/** How sentences of events name things. Account 0 is the treasury. */

export function accountName(account: bigint): string {
  return account === 0n ? 'the treasury' : `A-${account}`;
}

export function resourceName(resource: bigint): string {
  return `R-${resource}`;
}

export function orderName(agreement: bigint): string {
  return `O-${agreement}`;
}

export function demandName(demand: bigint): string {
  return `D-${demand}`;
}

export function nodeName(node: bigint): string {
  return `N-${node}`;
}

/** '48,219': digits in threes, as every screen shows them. */
function grouped(amount: bigint): string {
  return amount.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** '12 calls, 48,219 bytes': meters are plural words. */
export function quantitiesInWords(quantities: readonly { readonly meter: string; readonly amount: bigint }[]): string {
  return quantities.length === 0
    ? 'nothing'
    : quantities.map(({ meter, amount }) => `${grouped(amount)} ${meter}`).join(', ');
}

/** What somebody else wrote, in the middle of a sentence of ours. */
export function written(text: string): string {
  return isolatedText(text);
}

const MICRO = 1_000_000n;

/** '1,203.60 tokens': micro-units as every screen shows them, with two decimals or more, but never three, which could be thousands. */
export function tokensInWords(amountMicro: bigint): string {
  const exact = remainder(amountMicro, MICRO).toString().padStart(6, '0').replace(/0+$/, '').padEnd(2, '0');
  const fraction = exact.length === 3 ? `${exact}0` : exact;
  return `${grouped(quotient(amountMicro, MICRO))}.${fraction} tokens`;
}
