import { Disclosure } from '#components/ui/disclosure.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import type { Markup } from '#components/ui/markup.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { orderLabel } from '#components/ui/format.ts';
import type { DemandDetail, PlanDto } from '#lib/shared/demand-dto.ts';
import { PlanCard } from './plan-card.tsx';
import { PlanTable } from './plan-table.tsx';
import { AIM_WORDS } from './words.ts';

export interface PlansPaneProps {
  demand: DemandDetail;
  /** Where the plans' machines stand, beneath the comparison. */
  map?: Markup;
  /** What can be done with a plan while the demand is open. */
  actionOf?: (plan: PlanDto) => Markup;
}

/** The contract’s own before the brokers’, each by what it is expected to cost. Pure. */
export function plansInOrder(plans: readonly PlanDto[]): PlanDto[] {
  const byCost = (left: PlanDto, right: PlanDto): number => {
    const isLeftOwn = left.broker === null;
    if (isLeftOwn !== (right.broker === null)) return isLeftOwn ? -1 : 1;
    const more = BigInt(left.estimateMicro) - BigInt(right.estimateMicro);
    if (more !== 0n) return more < 0n ? -1 : 1;
    return left.plan - right.plan;
  };
  return plans.toSorted(byCost);
}

/** Every plan that stands, compared and then one by one, or why there is none and when the ledger looks again. Of a closed request only the plan that was chosen stands open. */
export function PlansPane({ demand, map, actionOf }: PlansPaneProps) {
  const isOpen = demand.status === 'open';
  const plans = plansInOrder(demand.plans);
  const chosen = demand.chosen?.plan;
  const shown = isOpen ? plans : plans.filter(({ plan }) => plan === chosen);
  const others = isOpen ? [] : plans.filter(({ plan }) => plan !== chosen);
  const cardOf = (plan: PlanDto) => (
    <PlanCard
      key={`${plan.broker?.id ?? 0} ${plan.plan}`}
      plan={plan}
      serverTimeMs={demand.serverTimeMs}
      isOpen={isOpen}
    >
      {isOpen ? actionOf?.(plan) : null}
    </PlanCard>
  );
  return (
    <>
      <Standing demand={demand} />
      {plans.length > 1 ? <PlanTable plans={plans} chosen={chosen} /> : null}
      {map}
      {shown.map(cardOf)}
      {others.length === 0 ? null : (
        <Disclosure summary={chosen === undefined ? 'The plans that stood then' : 'The other plans'}>
          <div className="flex flex-col gap-4">{others.map(cardOf)}</div>
        </Disclosure>
      )}
    </>
  );
}

function Standing({ demand }: { demand: DemandDetail }) {
  const { status, chosen, viewer, analysedAtMs, plansExpireAtMs, serverTimeMs } = demand;
  if (chosen !== null)
    return (
      <Note
        kind="success"
        title={chosen.aim === 'matched' ? 'Matched and bought' : `Chosen: ${AIM_WORDS[chosen.aim].title.toLowerCase()}`}
      >
        <p>
          <span>Held when it was bought: </span>
          <Money amountMicro={chosen.holdMicro} />
        </p>
        {viewer === 'customer' ? (
          <a
            href={demand.work === null ? `/customer/orders/${chosen.order}` : `/customer/tasks/${chosen.order}`}
            className="prose-link"
          >
            {demand.work === null
              ? `Open ${orderLabel(chosen.order)}`
              : `Watch the task of ${orderLabel(chosen.order)}`}
          </a>
        ) : (
          <span>The order is between the customer and the providers.</span>
        )}
      </Note>
    );
  if (status !== 'open')
    return (
      <div className="flex flex-col items-start gap-2">
        <Note kind="info" title={status === 'expired' ? 'The request has expired' : 'The request was withdrawn'}>
          {demand.batch
            ? 'No match was found for it: nothing was bought and no money moved.'
            : 'No plan was chosen, nothing was bought and no money moved.'}
        </Note>
        {viewer === 'customer' ? (
          <LinkButton href={`/customer/requests/new?from=${demand.id}`}>Ask again</LinkButton>
        ) : null}
      </div>
    );
  if (demand.batch) return null;
  if (analysedAtMs === null)
    return (
      <p role="status" className="text-sm">
        The ledger is looking through the offers: plans stand here within a few blocks.
      </p>
    );
  if (demand.plans.length > 0 || plansExpireAtMs === null) return null;
  return (
    <Note kind="warning" title="No plan meets this request now">
      <span>The ledger looks again in </span>
      <Countdown untilMs={plansExpireAtMs} serverTimeMs={serverTimeMs} after="no time" className="font-medium" />
      <span>, and whenever you publish it anew with less asked for: see the analysis.</span>
    </Note>
  );
}
