import { kindOf } from '#components/kinds/kinds.ts';
import type { IntendedUse } from '#components/ledger/intended-use.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import type { Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, partLabel, resourceLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import type { ContinuableDto, StrategyDto } from '#lib/shared/dto.ts';
import { endsAtLatest, howCharged, paidInWords } from './apply-review.tsx';

export interface AboutUseProps {
  resource: { id: number; title: string; kind: string; strategy: StrategyDto };
  deliveryMs: number;
  contestMs: number;
}

interface AboutUse {
  continued: ContinuableDto | undefined;
  nowMs: number;
  /** The contract has said of what stands in the form that it would refuse it. */
  isRefusalForeseen: boolean;
}

/** What the customer is about to buy, for how much and until when, beside the sum that is held. */
export function aboutUse({ resource, deliveryMs, contestMs }: AboutUseProps, use: IntendedUse, of: AboutUse): Fact[] {
  return [
    ...(of.isRefusalForeseen
      ? [{ name: 'As it stands', value: 'the contract would refuse it: nothing would be held' }]
      : []),
    {
      name: 'For',
      value: (
        <>
          <Foreign text={resource.title} />
          <Text>{` (${resourceLabel(resource.id)})`}</Text>
        </>
      ),
    },
    ...(of.continued === undefined
      ? []
      : [{ name: 'Continues', value: `${partLabel(of.continued.order)}: what it stored stays` }]),
    { name: 'Price', value: <PriceList prices={resource.strategy.prices} kind={resource.kind} /> },
    { name: 'Charged', value: howCharged(resource.strategy, kindOf(resource.kind)) },
    { name: 'Lasts', value: `${durationInWords(use.durationMs)} from delivery` },
    { name: 'Ends at the latest', value: endsAtLatest(use, { deliveryMs, nowMs: of.nowMs }) },
    { name: 'Paid', value: paidInWords(contestMs) },
  ];
}
