import Link from 'next/link';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import type { DemandSummary, WhyNotDto } from '#lib/shared/demand-dto.ts';
import { relaxationInWords, type Relaxation } from './relax.ts';
import { moreInWords } from './why-not-list.tsx';
import { demandInWords, demandLabel } from './words.ts';

/** Reasons of one demand that stand on the desk; its own page has them all. */
const REASONS_MAX = 3;

function kindOfRelaxed({ needs }: DemandSummary, { need = 0 }: Relaxation): string {
  return needs[need]?.kind ?? '';
}

/** Demands that no plan meets, each with what some offers lack and what would help most. */
export function UnmetList({ unmet }: { unmet: readonly { demand: DemandSummary; whyNot: WhyNotDto }[] }) {
  if (unmet.length === 0)
    return (
      <p className="text-sm text-muted">Every open demand that is shown above has a plan, or waits for a match.</p>
    );
  return (
    <ul className="flex flex-col gap-3">
      {unmet.map(({ demand, whyNot }) => (
        <li key={demand.id} className="rounded-md border border-border bg-surface px-3 py-2 text-sm">
          <p>
            <Link href={`/broker/demands/${demand.id}`} prefetch={false} className="prose-link font-mono">
              {demandLabel(demand.id)}
            </Link>
            <Text>{` ${demandInWords(demand)}`}</Text>
          </p>
          <ul className="mt-1 list-disc ps-5">
            {whyNot.entries.slice(0, REASONS_MAX).map(({ resource, sentence }) => (
              <li key={resource.id} className="break-words">
                {resource.title === '' ? <span>{resourceLabel(resource.id)}</span> : <Foreign text={resource.title} />}
                <span>: </span>
                <ForeignSentence text={sentence} />
              </li>
            ))}
          </ul>
          {whyNot.relax.length === 0 ? null : (
            <p className="mt-1 text-muted">
              <Text>{`What would help: ${whyNot.relax.map(({ more, ...relax }) => `${relaxationInWords(relax, kindOfRelaxed(demand, relax))} (${moreInWords(more)})`).join('; ')}.`}</Text>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
