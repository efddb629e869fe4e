'use client';

import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import { Workbench } from '#components/tasks/workbench.tsx';
import { countOf } from '#components/ui/count.ts';
import { exactSeconds, formatCount } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import { quotient } from '#ledger/core/integer.ts';
import { runMsOf } from './terms.ts';

/** Programs on the provider's machine while the order runs; after the end nothing of them is left. */
export function ComputingAccessPanel({ order, link, isRunning, onUsed }: AccessPanelProps) {
  if (!isRunning)
    return (
      <Note kind="info" title="Nothing runs any more">
        The order has ended: every call by its link is refused, and algorithms, inputs and results are erased at the
        provider.
      </Note>
    );
  return (
    <>
      <p className="text-sm text-muted">{boundsOf(order)}</p>
      <Workbench link={link} onUsed={onUsed} />
    </>
  );
}

/** What each run may take, by what was bought. */
function boundsOf({ amounts, ways }: OrderDetail): string {
  const held = quantitiesFromDto(amounts);
  const slots = amountOf(held, 'slots');
  const memoryMiB = quotient(amountOf(held, 'memoryMiB'), slots);
  return `${countOf(slots, 'run')} at the same time, each with ${formatCount(memoryMiB.toString())} MiB and at most ${exactSeconds(runMsOf(ways))} of processor time, without a network and without files. Counted are runs, their processor time, calls and the bytes that are sent to you. Fetch what you need before the end: then everything is erased.`;
}
