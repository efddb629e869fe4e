import { assert } from '#ledger/core/assert.ts';
import type { Kind, Meter, PromiseMeter } from '#ledger/contracts/kinds/kind.ts';
import { exactSeconds, formatBytes, formatCount, sentenceCase } from '#components/ui/format.ts';
import { numberProblem, readNumber, writeNumber } from '#components/ui/number.ts';

/** A meter that a kind names as its capacity, its limit or what it counts. */
export function meterOf({ meters }: Kind, name: string): Meter {
  const meter = meters[name];
  assert(meter, 'a kind defines every meter that it names');
  return meter;
}

/** What is needed of a meter to type and to show its amounts. */
type Counted = Pick<Meter | PromiseMeter, 'unit' | 'title' | 'max'> & { readonly typedIn?: ByteUnit };

/** In what amounts of bytes are typed where nothing else is said. A kind names its own by the size of what it shares. */
export type ByteUnit = 'Megabytes' | 'Gigabytes';

/** A unit in which people type what is counted in a smaller one, decimals as many as its digits. */
interface TypedUnit {
  readonly name: string;
  /** Of one of them. */
  readonly singular: string;
  readonly decimals: number;
  /** What of a title it takes the place of: `Bytes sent` is typed as `Megabytes sent`. Without it the unit stands behind. */
  readonly replaces?: RegExp;
}

const TYPED_BYTES: Readonly<Record<ByteUnit, TypedUnit>> = {
  Megabytes: { name: 'megabytes', singular: 'megabyte', decimals: 6, replaces: /^bytes/i },
  Gigabytes: { name: 'gigabytes', singular: 'gigabyte', decimals: 9, replaces: /^bytes/i },
};
const TYPED_TIME: TypedUnit = { name: 'seconds', singular: 'second', decimals: 3, replaces: /(?<= )time$/ };
const TYPED_RATE: TypedUnit = { name: 'megabytes a second', singular: 'megabyte a second', decimals: 6 };

/** The unit in which amounts of a meter are typed; undefined where they are typed as they are. */
function typedUnitOf({ unit, typedIn = 'Megabytes' }: Pick<Counted, 'unit' | 'typedIn'>): TypedUnit | undefined {
  if (unit === 'byte') return TYPED_BYTES[typedIn];
  if (unit === 'byte/s') return TYPED_RATE;
  return unit === 'ms' ? TYPED_TIME : undefined;
}

const PLAIN_UNITS: Readonly<Record<string, (amount: number) => string>> = {
  byte: formatBytes,
  'byte/s': (amount) => `${formatBytes(amount)}/s`,
  ms: exactSeconds,
};

/** `12 calls`, `1 byte`, `64 MiB`: a count with its unit as it is; units that are words have a plural. */
export function countInUnits(count: number | bigint, unit: string): string {
  const isWord = /^[a-z]{3,}$/.test(unit);
  return `${formatCount(count.toString())} ${unit}${isWord && BigInt(count) !== 1n ? 's' : ''}`;
}

/** `12 calls`, `48.2 kB`, `250 ms`: an amount in the unit of its meter. */
export function amountInWords(amount: number | bigint, { unit }: Pick<Counted, 'unit'>): string {
  const plain = PLAIN_UNITS[unit];
  if (plain) return plain(Number(amount));
  return countInUnits(amount, unit);
}

/** `3 of 10 places`, `1.20 MB of 10.0 MB`: a part of an amount. */
export function shareInWords(part: number, whole: number, counted: Pick<Counted, 'unit'>): string {
  const isScaled = PLAIN_UNITS[counted.unit] !== undefined;
  return `${isScaled ? amountInWords(part, counted) : formatCount(part)} of ${amountInWords(whole, counted)}`;
}

/** Units that do not tell by themselves what is counted in them. */
const BARE_UNITS: ReadonlySet<string> = new Set(['ms', 'MiB']);

/** `10.0 MB, 100 calls, 60 s (processor time)`; where several are counted in one unit each says what it is: `10.0 GB (bytes sent), 1.00 GB (storage)`. */
export function amountsInWords(kind: Kind, amounts: readonly { meter: string; amount: number | bigint }[]): string {
  const units = amounts.map(({ meter }) => meterOf(kind, meter).unit);
  const said = amounts.map(({ meter, amount }) => {
    const rule = meterOf(kind, meter);
    const isTold = !BARE_UNITS.has(rule.unit) && units.filter((unit) => unit === rule.unit).length === 1;
    return `${amountInWords(amount, rule)}${isTold ? '' : ` (${rule.title.toLowerCase()})`}`;
  });
  return said.join(', ');
}

/** Name of the field in which amounts of a meter are typed: its title, with the unit that people type them in. */
export function amountLabel(meter: Counted): string {
  const unit = typedUnitOf(meter);
  if (unit === undefined) return meter.title;
  return unit.replaces?.test(meter.title) === true
    ? sentenceCase(meter.title.replace(unit.replaces, unit.name))
    : amountLabelWith(meter.title, meter);
}

/** Another name for such a field, with that unit: `Value in megabytes`. */
export function amountLabelWith(name: string, meter: Pick<Counted, 'unit' | 'typedIn'>): string {
  const unit = typedUnitOf(meter);
  return unit === undefined ? name : `${name} in ${unit.name}`;
}

/** Decimals with which amounts of a meter are typed. */
export function amountDecimals(counted: Pick<Counted, 'unit' | 'typedIn'>): number {
  return typedUnitOf(counted)?.decimals ?? 0;
}

/** An amount from 1 to the meter's bound, as a person types it; undefined for every other text. */
export function parseAmount(text: string, counted: Pick<Counted, 'unit' | 'max' | 'typedIn'>): bigint | undefined {
  const reading = readNumber(text, { decimals: amountDecimals(counted) });
  return reading.ok && reading.value >= 1n && reading.value <= counted.max ? reading.value : undefined;
}

/** An amount as `parseAmount` reads it, exactly. */
export function amountDraft(amount: bigint | number, counted: Pick<Counted, 'unit' | 'typedIn'>): string {
  return writeNumber(BigInt(amount), { decimals: amountDecimals(counted) });
}

/** What an amount that is read in a field stands for: `12 calls`, `0.5 megabytes`. */
export function typedAmountInWords(amount: bigint, counted: Pick<Counted, 'unit' | 'typedIn'>): string {
  const unit = typedUnitOf(counted);
  if (unit === undefined) return amountInWords(amount, counted);
  const written = grouped(amountDraft(amount, counted));
  return `${written} ${written === '1' ? unit.singular : unit.name}`;
}

/** `17,592,186.044416`: thousands apart before the point alone. */
function grouped(written: string): string {
  const [whole = '', fraction] = written.split('.');
  return `${formatCount(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** What an amount of this meter must be, for the field where `typed` is none. */
export function amountProblem(meter: Counted, typed: string): string {
  const decimals = amountDecimals(meter);
  const unread = numberProblem(typed, { decimals });
  if (unread !== undefined) return unread;
  const bound = grouped(amountDraft(meter.max, meter));
  if (decimals === 0) return `${meter.title} must be a whole number from 1 to ${bound}.`;
  return `${amountLabel(meter)} must be a number above 0, at most ${bound}, with at most ${decimals} decimals, such as 10 or 0.5.`;
}

/** A meter of a kind as its forms ask for it. */
export function typedMeterOf(
  { ledger, screen }: { readonly ledger: Kind; readonly screen: { readonly bytesTypedIn: ByteUnit } },
  name: string,
): Meter & { readonly typedIn: ByteUnit } {
  return { ...meterOf(ledger, name), typedIn: screen.bytesTypedIn };
}
