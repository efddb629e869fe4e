import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { BYTES_PER_S_MAX, proseCodes } from '#ledger/contracts/prose/definition.ts';
import type { LedgerCommand } from './ledger-terms.ts';
import type { Order } from './order-book.ts';
import type { Lines } from './resources/kind.ts';

/** What is still to be said of how the connections of a session were; null for other orders, while it runs, and where this machine saw none. */
export function sessionReport(
  { terms: { agreement }, ended, isSession, isSettled }: Order,
  lines: Lines | undefined,
): (LedgerCommand & { readonly what: string }) | null {
  const figures = isSession && ended !== null && !isSettled ? lines?.figuresOf?.(agreement) : undefined;
  if (figures === undefined) return null;
  const { roundTripMs, jitterMs, bytesPerS, lossPerMille } = figures;
  const args: MethodArgs['MeasureSession'] = {
    agreement: BigInt(agreement),
    roundTripMs: BigInt(roundTripMs),
    jitterMs: BigInt(jitterMs),
    bytesPerS: BigInt(Math.min(bytesPerS, Number(BYTES_PER_S_MAX))),
    lossPerMille: BigInt(lossPerMille),
  };
  const what = `Order O-${agreement}: a round trip of ${roundTripMs} ms and a loss of ${lossPerMille} ‰ were recorded`;
  return { method: methodOf('MeasureSession'), args, what };
}

/** Codes after which the ledger wants no word of the session any more. */
const OVER: readonly (number | null)[] = [0, proseCodes.NO_OPEN_SESSION, proseCodes.MEASURED_ALREADY];

/** Says it by `attempt`, which gives the ledger's code, or null where it was not asked or has not answered; what is over is forgotten. */
export async function reportSession(
  order: Order,
  lines: Lines | undefined,
  attempt: (name: string, due: NonNullable<ReturnType<typeof sessionReport>>) => Promise<number | null>,
): Promise<void> {
  const due = sessionReport(order, lines);
  if (due === null) return;
  const { agreement } = order.terms;
  const code = await attempt(`measure ${agreement}`, due);
  if (OVER.includes(code)) lines?.forgetFigures?.(agreement);
}
