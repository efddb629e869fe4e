import { assert } from '#ledger/core/assert.ts';
import type { Kind, Meter, PromiseMeter } from '#ledger/contracts/kinds/kind.ts';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { numberProblem, readNumber, writeNumber } from '#components/ui/number.ts';

/** A meter that a kind names as its capacity, its limit or what it counts. */
export function meterOf({ meters }: Kind, name: string): Meter {
  const meter = meters[name];
  assert(meter, 'a kind defines every meter that it names');
  return meter;
}

/** What is needed of a meter to type and to show its amounts. */
type Counted = Pick<Meter | PromiseMeter, 'unit' | 'title' | 'max'> & { readonly typedIn?: ByteUnit };

/** In what amounts of bytes are typed where nothing else is said; decimals as many as its digits. */
const BYTE_DECIMALS = { Megabytes: 6, Gigabytes: 9 } as const;
/** A kind names its own by the size of what it shares. */
export type ByteUnit = keyof typeof BYTE_DECIMALS;

/** The unit in which amounts of a meter are typed; undefined where they are typed as they are. */
function byteUnitOf({ unit, typedIn = 'Megabytes' }: Pick<Counted, 'unit' | 'typedIn'>): ByteUnit | undefined {
  return unit === 'byte' ? typedIn : undefined;
}

const PLAIN_UNITS: Readonly<Record<string, (amount: number) => string>> = {
  byte: formatBytes,
  'byte/s': (amount) => `${formatBytes(amount)}/s`,
  ms: (amount) => `${formatCount(amount)} ms`,
};

/** `12 calls`, `48.2 kB`, `250 ms`: an amount in the unit of its meter. */
export function amountInWords(amount: number | bigint, { unit }: Pick<Counted, 'unit'>): string {
  const plain = PLAIN_UNITS[unit];
  if (plain) return plain(Number(amount));
  return `${formatCount(amount.toString())} ${unit}${BigInt(amount) === 1n ? '' : 's'}`;
}

/** `3 of 10 places`, `1.20 MB of 10.0 MB`: a part of an amount. */
export function shareInWords(part: number, whole: number, counted: Pick<Counted, 'unit'>): string {
  const isScaled = PLAIN_UNITS[counted.unit] !== undefined;
  return `${isScaled ? amountInWords(part, counted) : formatCount(part)} of ${amountInWords(whole, counted)}`;
}

/** `10.0 MB, 100 calls`; where several are counted in one unit each says what it is: `10.0 GB (bytes sent), 1.00 GB (storage)`. */
export function amountsInWords(kind: Kind, amounts: readonly { meter: string; amount: number | bigint }[]): string {
  const units = amounts.map(({ meter }) => meterOf(kind, meter).unit);
  const said = amounts.map(({ meter, amount }) => {
    const rule = meterOf(kind, meter);
    const isAlone = units.filter((unit) => unit === rule.unit).length === 1;
    return `${amountInWords(amount, rule)}${isAlone ? '' : ` (${rule.title.toLowerCase()})`}`;
  });
  return said.join(', ');
}

/** Name of the field in which amounts of a meter are typed: its title, with the unit that people type them in. */
export function amountLabel(meter: Counted): string {
  const unit = byteUnitOf(meter);
  if (unit === undefined) return meter.title;
  return meter.title.startsWith('Bytes')
    ? meter.title.replace('Bytes', unit)
    : `${meter.title} in ${unit.toLowerCase()}`;
}

/** Decimals with which amounts of a meter are typed. */
export function amountDecimals(counted: Pick<Counted, 'unit' | 'typedIn'>): number {
  const unit = byteUnitOf(counted);
  return unit === undefined ? 0 : BYTE_DECIMALS[unit];
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
  const unit = byteUnitOf(counted);
  if (unit === undefined) return amountInWords(amount, counted);
  const written = grouped(amountDraft(amount, counted));
  return `${written} ${unit.toLowerCase().slice(0, written === '1' ? -1 : undefined)}`;
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
