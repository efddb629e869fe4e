import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import { structFields, type Fields } from '#ledger/contracts/shared/fields.ts';

/** What a signature does with money, read off the method's own fields: a method that is added later is seen without being named here. */

/** An amount that is signed, and how its field is called. */
export interface SignedAmount {
  readonly field: string;
  readonly amountMicro: bigint;
}

const itemOf = (type: string): string => type.replace(/(\[\d*\])+$/, '');

function hasAmount(fields: Fields): boolean {
  return Object.values(fields).some((type) => {
    if (typeof type !== 'string') return false;
    const within = structFields(itemOf(type));
    return itemOf(type) === 'Micro' || (within !== undefined && hasAmount(within));
  });
}

/** True for methods whose signature names an amount of tokens, at any depth: none of them is signed without the dialog. */
export function signsMoney(method: MethodName): boolean {
  return hasAmount(methodOf(method).definition.fields);
}

function amountsIn(fields: Fields, record: Readonly<Record<string, unknown>>): SignedAmount[] {
  return Object.entries(fields).flatMap(([field, type]) => {
    if (typeof type !== 'string') return [];
    const value = record[field];
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const within = structFields(itemOf(type));
    if (within) return items.flatMap((item) => amountsIn(within, item as Readonly<Record<string, unknown>>));
    return itemOf(type) === 'Micro' ? items.map((item) => ({ field, amountMicro: item as bigint })) : [];
  });
}

/** Every amount that the arguments hold, in the order in which it is signed. */
export function signedAmounts<Name extends MethodName>(method: Name, args: MethodArgs[Name]): SignedAmount[] {
  return amountsIn(methodOf(method).definition.fields, args as Readonly<Record<string, unknown>>);
}

/** Accounts that money goes to, or is held for. */
export function signedPayees<Name extends MethodName>(method: Name, args: MethodArgs[Name]): bigint[] {
  const { to, provider, parts } = args as { to?: bigint; provider?: bigint; parts?: readonly { provider: bigint }[] };
  if (!signsMoney(method)) return [];
  const payees = [to, provider, ...(parts ?? []).map((part) => part.provider)];
  return [...new Set(payees.filter((payee) => payee !== undefined))];
}

/** What leaves the signer's free balance by the signature: sent at once, or held. A vote moves the treasury's tokens, not the signer's. */
export function leavesBalance<Name extends MethodName>(
  method: Name,
  args: MethodArgs[Name],
): { readonly sentMicro: bigint; readonly heldMicro: bigint } {
  const { amountMicro = 0n, holdMicro = 0n } = args as { amountMicro?: bigint; holdMicro?: bigint };
  const isVoted = methodOf(method).definition.byVote !== undefined;
  return { sentMicro: isVoted ? 0n : amountMicro, heldMicro: holdMicro };
}
