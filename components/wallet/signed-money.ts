import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import { structFields, type Fields } from '#ledger/contracts/shared/fields.ts';

/** What a signature does with money, read off the method's own fields: a method that is added later is seen without being named here. */

/** An amount that is signed, how its field is called, and which items of which lists it stands in: `part 2`, `backup 1`. */
export interface SignedAmount {
  readonly field: string;
  readonly within: readonly string[];
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

function amountsIn(
  fields: Fields,
  record: Readonly<Record<string, unknown>>,
  within: readonly string[] = [],
): SignedAmount[] {
  return Object.entries(fields).flatMap(([field, type]) => {
    if (typeof type !== 'string') return [];
    const value = record[field];
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const struct = structFields(itemOf(type));
    if (struct)
      return items.flatMap((item, index) => {
        const place = Array.isArray(value) ? [`${field.replace(/s$/, '')} ${index + 1}`] : [];
        return amountsIn(struct, item as Readonly<Record<string, unknown>>, [...within, ...place]);
      });
    return itemOf(type) === 'Micro' ? items.map((item) => ({ field, within, amountMicro: item as bigint })) : [];
  });
}

/** Every amount that the arguments hold, in the order in which it is signed. */
export function signedAmounts<Name extends MethodName>(method: Name, args: MethodArgs[Name]): SignedAmount[] {
  return amountsIn(methodOf(method).definition.fields, args as Readonly<Record<string, unknown>>);
}

interface Payees {
  readonly to?: bigint;
  readonly provider?: bigint;
  readonly parts?: readonly { provider: bigint }[];
  readonly broker?: bigint;
}

/** Accounts that money goes to, or is held for. */
export function signedPayees<Name extends MethodName>(method: Name, args: MethodArgs[Name]): bigint[] {
  const { to, provider, parts, broker } = args as Payees;
  if (!signsMoney(method)) return [];
  // Nobody has the number 0: a plan of the contract’s own has no broker.
  const payees = [to, provider, ...(parts ?? []).map((part) => part.provider), broker === 0n ? undefined : broker];
  return [...new Set(payees.filter((payee) => payee !== undefined))];
}

interface Leaving {
  readonly amountMicro?: bigint;
  readonly holdMicro?: bigint;
  readonly feeMicro?: bigint;
  readonly broker?: bigint;
}

/**
 * What leaves the signer's free balance by the signature: sent at once, or held. A vote moves the treasury's tokens, not the signer's; a fee
 * is sent by whoever names the broker that it goes to, and only offered by the broker.
 */
export function leavesBalance<Name extends MethodName>(
  method: Name,
  args: MethodArgs[Name],
): { readonly sentMicro: bigint; readonly heldMicro: bigint } {
  const { amountMicro = 0n, holdMicro = 0n, feeMicro = 0n, broker } = args as Leaving;
  const isVoted = methodOf(method).definition.byVote !== undefined;
  const paidMicro = broker === undefined ? amountMicro : amountMicro + feeMicro;
  return { sentMicro: isVoted ? 0n : paidMicro, heldMicro: holdMicro };
}
