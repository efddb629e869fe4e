import { utf8 } from '#ledger/core/bytes.ts';
import type { Struct } from './fields.ts';

export type Term = Struct<'Term'>;
export type Quantity = Struct<'Quantity'>;

/** Terms of one list together, in UTF-8. */
export const TERMS_BYTES_MAX = 8_192;
/** Items of one list of terms or quantities. */
export const LIST_MAX = 32;

const NAME = /^[a-z][A-Za-z0-9]{0,31}$/;

function isAscending(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || names[index - 1]! < name);
}

/** Each name a word of letters and digits, strictly ascending, values without control characters, all together within TERMS_BYTES_MAX. */
export function areTerms(terms: readonly Term[]): boolean {
  if (terms.length > LIST_MAX || !isAscending(terms.map(({ name }) => name))) return false;
  const isSound = terms.every(({ name, value }) => NAME.test(name) && value !== '' && !/\p{Cc}/u.test(value));
  return isSound && terms.reduce((sum, { name, value }) => sum + utf8(name + value).length, 0) <= TERMS_BYTES_MAX;
}

/** Strictly ascending meters, each with an amount above zero. */
export function areQuantities(quantities: readonly Quantity[]): boolean {
  return (
    quantities.length <= LIST_MAX &&
    isAscending(quantities.map(({ meter }) => meter)) &&
    quantities.every(({ meter, amount }) => NAME.test(meter) && amount > 0n)
  );
}

/** Value of a term, undefined when it is not there. */
export function termOf(terms: readonly Term[], name: string): string | undefined {
  return terms.find((term) => term.name === name)?.value;
}

/** Amount of a meter, 0 when it is not there. */
export function amountOf(quantities: readonly Quantity[], meter: string): bigint {
  return quantities.find((quantity) => quantity.meter === meter)?.amount ?? 0n;
}

/** Exactly these names or meters, in any order of `names`. */
export function hasExactly(list: readonly string[], names: readonly string[]): boolean {
  return list.length === names.length && names.every((name) => list.includes(name));
}

/** Amount by amount, in the meters of `left`; what `right` lacks counts as zero. */
export function plus(left: readonly Quantity[], right: readonly Quantity[]): Quantity[] {
  return left.map(({ meter, amount }) => ({ meter, amount: amount + amountOf(right, meter) }));
}

/** Amount by amount, in the meters of `left`, never below zero. */
export function minus(left: readonly Quantity[], right: readonly Quantity[]): Quantity[] {
  return left.map(({ meter, amount }) => {
    const taken = amountOf(right, meter);
    return { meter, amount: amount > taken ? amount - taken : 0n };
  });
}
