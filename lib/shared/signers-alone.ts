import { findMethod } from '#ledger/contracts/definitions.ts';

/** True for a method that names the parts of one purchase: a party to one of them must not read of the others, so only who signed reads it whole. */
export function isSignersAlone(method: string): boolean {
  return Object.values(findMethod(method)?.definition.fields ?? {}).includes('Part[]');
}
