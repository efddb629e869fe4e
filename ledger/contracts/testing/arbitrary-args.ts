import fc from 'fast-check';
import { END_REASONS } from '#ledger/contracts/agreement/definition.ts';
import { PARAMETERS, methods } from '#ledger/contracts/definitions.ts';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { CONTEST_REASONS } from '#ledger/contracts/settlement/definition.ts';
import { boundOf, structFields, type Fields } from '#ledger/contracts/shared/fields.ts';
import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import type { Args, ArgValue } from '#ledger/core/typed-data.ts';
import { ATTRIBUTES, ways } from './samples.ts';

/** Arguments of any method, made from its definition: well-formed by their types, and anything by their meaning. */

/** Words that mean something somewhere, so that arguments come past the first guard of a contract. */
const WORDS = [
  ...ROLES,
  ...PURPOSES.slice(0, 3),
  ...FIELDS_OF_BUSINESS.slice(0, 2),
  ...PARAMETERS.slice(0, 3),
  ...Object.keys(END_REASONS),
  ...CONTEST_REASONS,
  ...methods.map(({ name }) => name),
  ...Object.keys(kinds),
  ...Object.values(kinds).flatMap((kind) => Object.keys(kind.meters)),
  ...[...ATTRIBUTES, ...ways()].flatMap(({ name, value }) => [name, value]),
  ...['public', 'conditional', 'csv', 'format', 'formats', 'firstByteMs', 'owner-decision', 'seattle-weather'],
  ...["use.purpose == 'research'", 'use.amount.calls > 1', '1 / applicant.completedOrders > 2', 'true'],
];
const HOSTILE = [
  '',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '['.repeat(200),
  'a'.repeat(300),
  '{"a":1e999}',
  '😀',
];

const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** Mostly small numbers, as ids are, else the ends of what the type can hold. */
function anyInteger(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const small = max < 4n ? max : 4n;
  return fc.oneof(
    { weight: 8, arbitrary: fc.bigInt(0n, small) },
    { weight: 1, arbitrary: fc.bigInt(min, max) },
    { weight: 1, arbitrary: fc.constantFrom(min, max, max - 1n) },
  );
}

function anyBytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** `unbounded`: numbers fill the type that is signed, so that admission has something to refuse. */
interface Options {
  readonly unbounded?: boolean;
}

function anyAtom(type: string, options: Options): fc.Arbitrary<ArgValue> {
  const bound = boundOf(type);
  if (bound !== undefined) return anyInteger(0n, options.unbounded === true ? (1n << 64n) - 1n : bound);
  const unsigned = /^uint(\d+)$/.exec(type)?.[1];
  if (unsigned !== undefined) return anyInteger(0n, (1n << BigInt(unsigned)) - 1n);
  const fixed = /^bytes(\d+)$/.exec(type)?.[1];
  if (fixed !== undefined) return anyBytes(Number(fixed));
  switch (type) {
    case 'string':
      return anyText;
    case 'bool':
      return fc.boolean();
    case 'address':
      return anyBytes(20);
    case 'bytes':
      return fc.uint8Array({ maxLength: 80 });
    default:
      throw new Error(`Nothing generates a field of type ${type}.`);
  }
}

function anyValue(type: string, options: Options): fc.Arbitrary<ArgValue> {
  if (type.endsWith('[]')) return fc.array(anyValue(type.slice(0, -2), options), { maxLength: 3 });
  const inner = structFields(type);
  return inner === undefined ? anyAtom(type, options) : anyArgs(inner, options);
}

/** Any record of these fields. */
export function anyArgs(fields: Fields, options: Options = {}): fc.Arbitrary<Args> {
  const values = Object.entries(fields).map(([name, type]) => {
    const value = typeof type === 'string' ? anyValue(type, options) : fc.constantFrom<ArgValue>(...type);
    return [name, value] as const;
  });
  return fc.record(Object.fromEntries(values));
}

interface Choices {
  /** Which field or item to go into, level by level. */
  readonly path: readonly number[];
  readonly text: string;
  readonly number: bigint;
  readonly bytes: Uint8Array;
  readonly list: 'drop' | 'twice' | 'reverse' | 'empty' | 'inside';
}

function changedList(list: readonly ArgValue[], { list: what }: Choices): ArgValue[] {
  switch (what) {
    case 'drop':
      return list.slice(1);
    case 'twice':
      return [...list, ...list];
    case 'reverse':
      return [...list].reverse();
    case 'empty':
    case 'inside':
      return [];
  }
}

/** One place of a value, however deep, holds something else of its type. */
function changedValue(value: ArgValue, choices: Choices): ArgValue {
  if (typeof value === 'bigint') return choices.number;
  if (typeof value === 'string') return choices.text;
  if (typeof value === 'boolean') return !value;
  if (value instanceof Uint8Array) return choices.bytes.slice(0, value.length);
  const [first = 0, ...path] = choices.path;
  const inside = { ...choices, path };
  if (Array.isArray(value)) {
    const list = value as readonly ArgValue[];
    if (choices.list !== 'inside' || list.length === 0) return changedList(list, choices);
    return list.map((item, index) => (index === first % list.length ? changedValue(item, inside) : item));
  }
  return changedArgs(value as Args, inside, first);
}

function changedArgs(args: Args, choices: Choices, field: number): Args {
  const names = Object.keys(args);
  const chosen = names[field % names.length]!;
  return { ...args, [chosen]: changedValue(args[chosen]!, choices) };
}

/** Sound arguments of which one place, however deep, is something else. */
export function anyChange(sound: Args): fc.Arbitrary<Args> {
  const choices = fc.record({
    path: fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }),
    text: anyText,
    number: anyInteger(0n, (1n << 48n) - 1n),
    bytes: fc.uint8Array({ minLength: 80, maxLength: 80 }),
    list: fc.oneof(
      { weight: 4, arbitrary: fc.constant('inside' as const) },
      fc.constantFrom('drop' as const, 'twice' as const, 'reverse' as const, 'empty' as const),
    ),
  });
  return fc.tuple(fc.nat(20), choices).map(([field, of]) => changedArgs(sound, of, field));
}
