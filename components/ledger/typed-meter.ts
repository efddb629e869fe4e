import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Meter } from '#ledger/contracts/kinds/kind.ts';
import { meterOf, type ByteUnit } from './amounts.ts';

/** A meter of a kind as its forms ask for it. */
export function typedMeterOf({ ledger, screen }: ShownKind, name: string): Meter & { readonly typedIn: ByteUnit } {
  return { ...meterOf(ledger, name), typedIn: screen.bytesTypedIn };
}
