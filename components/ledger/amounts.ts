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
type Counted = Pick<Meter | PromiseMeter, 'unit' | 'title' | 'max'>;

/** How a unit is typed: as so many of a larger one, with as many decimals as that has digits, or as it is. */
interface TypedUnit {
  readonly name: string;
  readonly decimals: number;
}

const TYPED_IN: Readonly<Record<string, TypedUnit>> = {
  byte: { name: 'Megabytes', decimals: 6 },
};

const PLAIN_UNITS: Readonly<Record<string, (amount: number) => string>> = {
  byte: formatBytes,
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

/** Name of the field in which amounts of a meter are typed: its title, or the unit that people type it in. */
export function amountLabel(meter: Counted): string {
  return TYPED_IN[meter.unit]?.name ?? meter.title;
}

/** Decimals with which amounts of a meter are typed. */
export function amountDecimals({ unit }: Pick<Counted, 'unit'>): number {
  return TYPED_IN[unit]?.decimals ?? 0;
}

/** An amount from 1 to the meter's bound, as a person types it; undefined for every other text. */
export function parseAmount(text: string, counted: Pick<Counted, 'unit' | 'max'>): bigint | undefined {
  const reading = readNumber(text, { decimals: amountDecimals(counted) });
  return reading.ok && reading.value >= 1n && reading.value <= counted.max ? reading.value : undefined;
}

/** An amount as `parseAmount` reads it, exactly. */
export function amountDraft(amount: bigint | number, counted: Pick<Counted, 'unit'>): string {
  return writeNumber(BigInt(amount), { decimals: amountDecimals(counted) });
}

/** What an amount that is read in a field stands for: `12 calls`, `0.5 megabytes`. */
export function typedAmountInWords(amount: bigint, counted: Pick<Counted, 'unit'>): string {
  const typedIn = TYPED_IN[counted.unit];
  if (!typedIn) return amountInWords(amount, counted);
  const [whole = '', fraction] = amountDraft(amount, counted).split('.');
  return `${formatCount(whole)}${fraction === undefined ? '' : `.${fraction}`} ${typedIn.name.toLowerCase()}`;
}

/** What an amount of this meter must be, for the field where `typed` is none. */
export function amountProblem(meter: Counted, typed: string): string {
  const decimals = amountDecimals(meter);
  const unread = numberProblem(typed, { decimals });
  if (unread !== undefined) return unread;
  const most = amountDraft(meter.max, meter);
  const [whole, fraction] = most.split('.');
  const bound = `${formatCount(whole ?? '0')}${fraction === undefined ? '' : `.${fraction}`}`;
  if (decimals === 0) return `${meter.title} must be a whole number from 1 to ${bound}.`;
  return `${amountLabel(meter)} must be a number above 0, at most ${bound}, with at most six decimals, such as 10 or 0.5.`;
}
