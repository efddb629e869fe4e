import { Bars } from '#components/chart/bars.tsx';
import { countOf } from '#components/ui/count.ts';
import { formatCount, formatMicro, microInWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { amountOf, pointsOf, sumOf } from '#ledger/contracts/incentive/reward.ts';
import type { RewardDto } from '#lib/shared/rewards.ts';
import { factsInWords, rulesInWords } from './words.ts';

/** What the facts came to, rule by rule: those without a point are left out. */
function Sums({ reward }: { reward: RewardDto }) {
  const points = pointsOf(reward.facts, reward.rates);
  const rules = rulesInWords(reward.rates).filter(({ rule }) => points[rule] > 0n);
  return (
    <ul className="space-y-0.5">
      {rules.map(({ rule, title, formula }) => (
        <li key={rule}>
          <Text>{`${title}: ${factsInWords(rule, reward.facts)}; ${formula} = ${countOf(points[rule], 'point')}`}</Text>
        </li>
      ))}
    </ul>
  );
}

/** How points became the amount: whole, by the share of the pool, or by the cap. */
function shareInWords({ facts, rates, pointsOfAll, poolMicro, amountMicro }: RewardDto): string {
  const points = sumOf(pointsOf(facts, rates));
  const of = { pointsOfAll: BigInt(pointsOfAll), poolMicro: BigInt(poolMicro) };
  const share = amountOf(points, { ...of, capPerMille: 1_000n });
  const capped = amountOf(points, { ...of, capPerMille: rates.capPerMille });
  const own = countOf(points, 'point');
  if (BigInt(amountMicro) < capped) return `${own}, as far as the treasury had tokens`;
  if (capped < share) return `${own}, up to ${formatCount(rates.capPerMille.toString())} ‰ of the pool`;
  return of.pointsOfAll <= of.poolMicro
    ? `${own}, a millionth of a token each`
    : `${own} of ${formatCount(pointsOfAll)} × ${microInWords(of.poolMicro)}`;
}

const COLUMNS: readonly Column<RewardDto>[] = [
  { key: 'epoch', header: 'Epoch', isRowHeader: true, cell: ({ epoch }) => formatCount(epoch) },
  { key: 'paid', header: 'Paid', cell: ({ paidAtMs }) => <Time timeMs={paidAtMs} /> },
  { key: 'facts', header: 'What was recorded, and its points', cell: (reward) => <Sums reward={reward} /> },
  { key: 'share', header: 'What they brought', cell: (reward) => <Text>{shareInWords(reward)}</Text> },
  { key: 'amount', header: 'Amount', align: 'end', cell: ({ amountMicro }) => <Money amountMicro={amountMicro} /> },
];

/** Amounts by epoch, drawn and in a table: every figure that an amount follows from stands beside it. */
export function RewardHistory({ rewards }: { rewards: readonly RewardDto[] }) {
  const oldestFirst = rewards.toReversed();
  const amounts = oldestFirst.map(({ epoch, amountMicro }) => ({
    key: epoch,
    whole: Number(amountMicro),
    part: Number(amountMicro),
  }));
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  const most = rewards.reduce((max, { amountMicro }) => (BigInt(amountMicro) > max ? BigInt(amountMicro) : max), 0n);
  return (
    <>
      <figure className="mb-3 flex min-w-0 flex-col gap-2 rounded-md border border-border bg-surface p-3">
        <figcaption className="flex flex-wrap justify-between gap-x-3 text-sm">
          <span className="font-medium">Amount by epoch</span>
          <span className="tabular-nums">{`at most ${formatMicro(most.toString())} tokens`}</span>
        </figcaption>
        <Bars values={amounts} label="Amount by epoch; the table below has the same figures" />
        <p className="flex flex-wrap justify-between gap-x-3 text-xs text-muted tabular-nums">
          <Text>{`Epoch ${formatCount(first?.epoch ?? 0)}`}</Text>
          <Text>{`Epoch ${formatCount(last?.epoch ?? 0)}`}</Text>
        </p>
      </figure>
      <Table caption="Rewards by epoch, newest first" columns={COLUMNS} rows={rewards} rowKey={({ epoch }) => epoch} />
    </>
  );
}
