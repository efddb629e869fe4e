import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { proseCodes } from '#ledger/contracts/prose/definition.ts';
import type { LedgerCommand } from './ledger-terms.ts';
import type { LineFigures } from './relay/line-figures.ts';

/** What this machine counted of a session’s connections, for the record that is made of it. */
export function measureCommand(agreement: number, figures: LineFigures): LedgerCommand {
  const { roundTripMs, jitterMs, bytesPerS, lossPerMille } = figures;
  const args: MethodArgs['MeasureSession'] = {
    agreement: BigInt(agreement),
    roundTripMs: BigInt(roundTripMs),
    jitterMs: BigInt(jitterMs),
    bytesPerS: BigInt(Math.min(bytesPerS, BYTES_PER_S_MAX)),
    lossPerMille: BigInt(lossPerMille),
  };
  return { method: methodOf('MeasureSession'), args };
}

/** Largest that an event holds. */
const BYTES_PER_S_MAX = 2 ** 32 - 1;

const OVER: readonly number[] = [0, proseCodes.NO_OPEN_SESSION, proseCodes.MEASURED_ALREADY];

/** Whether the ledger wants no word of the session any more. */
export function isMeasureOver(code: number): boolean {
  return OVER.includes(code);
}
