import { durationInWords, formatBytes, formatCount, formatMicro } from '#components/ui/format.ts';
import { readNumber } from '#components/ui/number.ts';
import { isParameter, isWithinBounds, parameterDefinition, type Parameter } from '#ledger/contracts/definitions.ts';
import type { ParameterDefinition } from '#ledger/contracts/shared/definition.ts';

/** How the ledger counts a parameter, and how people read a figure of it. */
const UNITS: Readonly<Record<ParameterDefinition['unit'], { name: string; inWords: (value: bigint) => string }>> = {
  ms: {
    name: 'milliseconds',
    inWords: (value) =>
      value % 1_000n === 0n && value > 0n ? durationInWords(Number(value)) : `${formatCount(value.toString())} ms`,
  },
  'micro-units': { name: 'millionths of a token', inWords: (value) => `${formatMicro(value.toString())} tokens` },
  'per mille': { name: 'thousandths', inWords: (value) => `${formatCount(value.toString())} ‰` },
  count: { name: '', inWords: (value) => formatCount(value.toString()) },
  bytes: { name: 'bytes', inWords: (value) => formatBytes(value.toString()) },
};

/** What a parameter decides; a name that this version does not know stands for itself. */
export function parameterTitle(name: string): string {
  return isParameter(name) ? parameterDefinition(name).title : name;
}

export function parameterInWords(name: string, value: string): string {
  return isParameter(name) ? UNITS[parameterDefinition(name).unit].inWords(BigInt(value)) : formatCount(value);
}

/** `86,400,000 milliseconds`: a figure as it is typed and signed. */
function figureOf(name: Parameter, value: bigint): string {
  return `${formatCount(value.toString())} ${UNITS[parameterDefinition(name).unit].name}`.trim();
}

/** `from 1 to 2,592,000,000 milliseconds`. */
export function boundsInWords(name: Parameter): string {
  const { min, max } = parameterDefinition(name);
  return `from ${formatCount(min.toString())} to ${figureOf(name, max)}`;
}

/** A value that a vote may set, as a person types it; undefined for every other text. */
export function parseParameter(name: Parameter, text: string): bigint | undefined {
  const reading = readNumber(text, { decimals: 0 });
  return reading.ok && isWithinBounds(name, reading.value) ? reading.value : undefined;
}
