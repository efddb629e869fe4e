import { countOf } from '#components/ui/count.ts';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DemandDetail, WhyNotDto } from '#lib/shared/demand-dto.ts';
import { ExactAmounts } from './exact-amounts.tsx';
import { WhyNotList } from './why-not-list.tsx';

export interface AnalysisPaneProps {
  demand: DemandDetail;
  /** Null where the ledger gives no answer: of a closed demand, or while it is away. */
  whyNot: WhyNotDto | null;
  path: string;
  isLater: boolean;
}

/** Without what would be enough together where as much is asked for already: a budget that reaches need not grow. Pure. */
export function withoutWhatIsMet(
  whyNot: WhyNotDto,
  { budgetMicro, durationMs }: Pick<DemandDetail, 'budgetMicro' | 'durationMs'>,
): WhyNotDto {
  const relax = whyNot.relax.filter(({ what, more, to }) => {
    if (more !== 0) return true;
    return what === 'budget' ? BigInt(to) > BigInt(budgetMicro) : to !== String(durationMs);
  });
  return { ...whyNot, relax };
}

/** What a demand comes to, and which offers do not meet it and why. */
export function AnalysisPane({ demand, whyNot, path, isLater }: AnalysisPaneProps) {
  const { considered, analysedAtMs, serverTimeMs, viewer } = demand;
  const isAnalysed = analysedAtMs !== null && considered !== null;
  if (!isAnalysed && !demand.batch)
    return <p className="text-sm text-muted">It was not analysed yet: that comes with the next block.</p>;
  return (
    <>
      {isAnalysed ? (
        <p className="text-sm">
          <Text>{`${countOf(considered, 'offer')} of these kinds ${considered === 1 ? 'was' : 'were'} looked at; `}</Text>
          <Time timeMs={analysedAtMs} nowMs={serverTimeMs} />
        </p>
      ) : null}
      <ExactAmounts demand={demand} />
      {whyNot === null ? (
        <p className="text-sm text-muted">
          {demand.status === 'open'
            ? 'The ledger does not say now why other offers do not match: load the page again.'
            : 'Which offers did not match is told only while a request is open.'}
        </p>
      ) : (
        <WhyNotList
          whyNot={withoutWhatIsMet(whyNot, demand)}
          demand={demand.id}
          kinds={demand.needs.map(({ kind }) => kind)}
          hasWork={demand.work !== null}
          path={path}
          isLater={isLater}
          viewer={viewer}
          canBeMet={demand.batch || demand.plans.length > 0}
        />
      )}
    </>
  );
}
