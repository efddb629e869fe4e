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

export function nodeName(node: bigint): string {
  return `N-${node}`;
}

/** '12 calls, 48219 bytes': meters are plural words. */
export function quantitiesInWords(quantities: readonly { readonly meter: string; readonly amount: bigint }[]): string {
  return quantities.length === 0 ? 'nothing' : quantities.map(({ meter, amount }) => `${amount} ${meter}`).join(', ');
}

/** What somebody else wrote, in the middle of a sentence of ours. */
export function written(text: string): string {
  return isolatedText(text);
}

const MICRO = 1_000_000n;

/** '3.6 tokens': micro-units as people read them. */
export function tokensInWords(amountMicro: bigint): string {
  const fraction = remainder(amountMicro, MICRO).toString().padStart(6, '0').replace(/0+$/, '');
  const amount = `${quotient(amountMicro, MICRO)}${fraction === '' ? '' : `.${fraction}`}`;
  return `${amount} ${amount === '1' ? 'token' : 'tokens'}`;
}
