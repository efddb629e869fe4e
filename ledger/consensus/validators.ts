import { assert } from '#ledger/core/assert.ts';
import type { Address, Height, Round, Validator, ValidatorSet } from './types.ts';

/** Checks what every rule below relies on: not empty, positive integer powers, no address twice, a sum below 2⁵¹. */
export function validatorSet(validators: readonly Validator[]): ValidatorSet {
  assert(validators.length > 0, 'a validator set is not empty');
  const addresses = new Set<Address>();
  for (const validator of validators) {
    assert(Number.isSafeInteger(validator.power) && validator.power > 0, 'a validator has a positive integer power');
    assert(!addresses.has(validator.address), 'a validator stands in its set once');
    addresses.add(validator.address);
  }
  const set = { validators };
  assert(totalPower(set) < 2 ** 51, 'three times the total power is a safe integer');
  return set;
}

export function totalPower(set: ValidatorSet): number {
  let total = 0;
  for (const validator of set.validators) total += validator.power;
  return total;
}

/** 0 for whoever is not in the set. */
export function powerOf(set: ValidatorSet, address: Address): number {
  return set.validators.find((validator) => validator.address === address)?.power ?? 0;
}

/** The paper's 2f + 1: more than two thirds of the power. */
export function isQuorum(set: ValidatorSet, power: number): boolean {
  return power * 3 > totalPower(set) * 2;
}

/** The paper's f + 1: more than one third of the power, so that one of them at least is correct. */
export function isOneCorrect(set: ValidatorSet, power: number): boolean {
  return power * 3 > totalPower(set);
}

/**
 * proposer(h, r): the set is laid out as one slot per unit of power (in units of the greatest common divisor), and (h + r) walks
 * through the slots. With equal powers, which PROTOCOL demands, that is: the next validator with each height and with each round.
 */
export function proposerOf(set: ValidatorSet, height: Height, round: Round): Address {
  const unit = BigInt(
    set.validators.reduce((divisor, validator) => greatestCommonDivisor(divisor, validator.power), 0),
  );
  let slot = Number(((height + BigInt(round)) * unit) % BigInt(totalPower(set)));
  for (const validator of set.validators) {
    if (slot < validator.power) return validator.address;
    slot -= validator.power;
  }
  assert(false, 'a slot below the total power belongs to a validator');
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
