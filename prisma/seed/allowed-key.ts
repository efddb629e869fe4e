import { lookUpKey } from '#agent/key-lookup.ts';
import { offerKey, type AgentKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import type { Actor } from './actor.ts';

const KEY_LIFE_MS = 365n * 86_400_000n;

/** A program that runs beside this one, in the same data folder. */
export interface ProgramKey {
  readonly key: AgentKey;
  readonly label: string;
}

export function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

/**
 * What the owner signs after reading a program's offer: its key, for exactly what it has to do; the key's number. A person gets the key's
 * proof through a page of the portal; here its file lies in the same data folder, so that the program need not be asked.
 */
export async function allowKey(
  owner: Actor,
  { key, label }: ProgramKey,
  of: { readonly step: string; readonly methods: readonly MethodName[]; readonly network: Uint8Array },
): Promise<number> {
  const known = await lookUpKey(owner.client, key.addressText);
  if (known !== null) return known.key;
  const args: MethodArgs['AuthorizeKey'] = {
    keyAddress: key.address,
    label,
    methods: [...of.methods],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now()) + KEY_LIFE_MS,
    proof: offerKey(key, { network: of.network, account: await owner.account() }),
  };
  const data = await owner.do(of.step, { method: methodOf('AuthorizeKey'), args });
  return Number(data['key']);
}
