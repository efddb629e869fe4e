import { durationInWords, formatBytes, formatCount, formatUtc } from '#components/ui/format.ts';
import { Facts } from '#components/ui/facts.tsx';
import type { StrategyDto } from '#lib/shared/dto.ts';
import { Price } from './price.tsx';

function conditionsOf(strategy: StrategyDto) {
  if (strategy.conditions.length === 0) return 'none: anyone with an account and the customer role is admitted';
  return (
    <ul className="list-disc ps-4">
      {strategy.conditions.map((condition) => (
        <li key={condition.rule}>{condition.sentence}</li>
      ))}
    </ul>
  );
}

function openingOf(strategy: StrategyDto): string {
  if (strategy.opensAtMs === 0 && strategy.closesAtMs === 0) return 'always open';
  const from = strategy.opensAtMs === 0 ? 'open now' : `from ${formatUtc(strategy.opensAtMs)}`;
  return strategy.closesAtMs === 0 ? `${from}, with no end` : `${from} until ${formatUtc(strategy.closesAtMs)}`;
}

/** A sharing strategy in plain words: who, what, when, how much, at what price. */
export function StrategyFacts({ strategy }: { strategy: StrategyDto }) {
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
        { name: 'Formats', value: strategy.formats.join(', ') },
        {
          name: 'Columns',
          value: <span className="font-mono text-[0.8125rem] break-words">{strategy.columns.join(', ')}</span>,
        },
        {
          name: 'Rows',
          value: strategy.rowFilter ? <code className="text-xs break-all">{strategy.rowFilter}</code> : 'all of them',
        },
        { name: 'Open', value: openingOf(strategy) },
        { name: 'Longest use', value: durationInWords(strategy.useMsMax) },
        { name: 'Calls per use', value: `at most ${formatCount(strategy.callsMax)}` },
        { name: 'Bytes per use', value: `at most ${formatBytes(strategy.bytesMax)}` },
        { name: 'Users at the same time', value: `at most ${formatCount(strategy.simultaneousMax)}` },
        { name: 'Price', value: <Price price={strategy.price} /> },
        { name: 'In force', value: `version ${strategy.version}, since ${formatUtc(strategy.recordedAtMs)}` },
      ]}
    />
  );
}
