import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { durationInWords, formatUtc } from '#components/ui/format.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import type { QuantityDto, StrategyDto, TermDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { estimatedMicro, estimateInWords } from './estimate.ts';
import { PriceList } from './price-list.tsx';
import { amountFacts, NO_CONDITIONS, openingInWords, promiseFacts } from './strategy-words.ts';

function conditionsOf(strategy: StrategyDto) {
  if (strategy.conditions.length === 0) return `none: ${NO_CONDITIONS}`;
  return (
    <ul className="list-disc ps-4">
      {strategy.conditions.map((condition) => (
        <li key={condition.rule}>{isolatedText(condition.sentence)}</li>
      ))}
    </ul>
  );
}

/** What all that is shared would take and cost, beside the price. Nothing where nobody measured it. */
function estimateFacts(kind: ShownKind, { strategy, attributes }: StrategyFactsProps): Fact[] {
  const estimates = kind.screen.estimates({ attributes, ways: strategy.ways });
  const [first] = estimates;
  if (first === undefined) return [];
  const isPriced = estimatedMicro(first, strategy.prices) !== undefined;
  return [
    {
      name: `Estimate for ${first.what}`,
      value: (
        <>
          <ul>
            {estimates.map((estimate) => (
              <li key={estimate.factors}>
                {`${estimate.factors} = ${estimateInWords(estimate, strategy.prices, kind)}`}
              </li>
            ))}
          </ul>
          <p className="text-xs text-muted">
            {[
              ...(first.isMost ? ['Only a part of them is shared: less will come.'] : []),
              isPriced ? 'To compare with the price; what is served is charged.' : 'To compare with the bytes per use.',
            ].join(' ')}
          </p>
        </>
      ),
    },
  ];
}

export interface StrategyFactsProps {
  strategy: StrategyDto;
  /** Of the resource. */
  kind: string;
  capacity: readonly QuantityDto[];
  /** What the agent computed of the resource. */
  attributes: readonly TermDto[];
  /** Nobody has signed it: no version of it is in force yet. */
  isDraft?: boolean;
}

/** What is in force since when; of a draft, what it would be. */
function inForce({ strategy, isDraft = false }: StrategyFactsProps): string {
  const { version, recordedAtMs } = strategy;
  return isDraft ? `would be version ${version}` : `version ${version}, since ${formatUtc(recordedAtMs)}`;
}

/** A sharing strategy in plain words: who, what, when, how much, at what price. */
export function StrategyFacts(props: StrategyFactsProps) {
  const { strategy, kind: name, capacity } = props;
  const kind = kindOf(name);
  return (
    <Facts
      facts={[
        {
          name: 'Access',
          value:
            strategy.accessClass === 'public'
              ? 'public: no conditions'
              : 'conditional: the contract checks every condition below',
        },
        { name: 'Conditions', value: conditionsOf(strategy) },
        ...kind.screen.wayFacts(strategy.ways),
        { name: 'Open', value: openingInWords(strategy) },
        { name: 'Longest use', value: durationInWords(strategy.useMsMax) },
        ...amountFacts(kind, strategy.limits, ' per use'),
        ...amountFacts(kind, capacity, ''),
        { name: 'Price', value: <PriceList prices={strategy.prices} kind={name} /> },
        ...estimateFacts(kind, props),
        ...promiseFacts(kind, strategy),
        { name: 'In force', value: inForce(props) },
      ]}
    />
  );
}
