import type { ReactNode } from 'react';
import { formatUtc, sentenceCase } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { REPORT_CAUSES } from '#ledger/contracts/node/definition.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';

type Fault = NonNullable<ResourceSummary['nodeFault']>;

/** The same as a sentence, for lines and short notes. */
export function unreachableInWords({ cause, sinceMs }: Fault): string {
  return `It is not on offer: the node that serves it was reported as ${REPORT_CAUSES[cause]} since ${formatUtc(sinceMs)}.`;
}

export interface UnreachableNoteProps {
  fault: Fault;
  nowMs: number;
  /** What follows from it here. */
  children: ReactNode;
}

/** Says that the node which serves a resource is suspended: why, and since when it fails. */
export function UnreachableNote({ fault, nowMs, children }: UnreachableNoteProps) {
  return (
    <Note kind="warning" title="It is not on offer: the node that serves it was reported">
      <p>
        <Text>{`${sentenceCase(REPORT_CAUSES[fault.cause])} since `}</Text>
        <Time timeMs={fault.sinceMs} nowMs={nowMs} />
        <Text>.</Text>
      </p>
      <p>{children}</p>
    </Note>
  );
}
