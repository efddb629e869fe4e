import { Bars } from '#components/chart/bars.tsx';
import { AccountName } from '#components/ledger/account-name.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { MatchingDto } from '#lib/shared/match-dto.ts';
import { matchingInWords } from './match-pane.tsx';

function Whose({ matching: { broker, matched } }: { matching: MatchingDto }) {
  if (broker !== null) return <AccountName account={broker} />;
  return matched === 0 ? <span className="text-muted">none was found</span> : <span>the contract’s own</span>;
}

function columnsOf(nowMs: number): Column<MatchingDto>[] {
  return [
    {
      key: 'time',
      header: 'Epoch that ended',
      isRowHeader: true,
      cell: ({ matchedAtMs }) => <Time timeMs={matchedAtMs} nowMs={nowMs} />,
    },
    { key: 'asked', header: 'Waited', align: 'end', cell: ({ asked }) => formatCount(asked) },
    { key: 'matched', header: 'Matched', align: 'end', cell: ({ matched }) => formatCount(matched) },
    { key: 'served', header: 'Bought', align: 'end', cell: ({ served }) => formatCount(served) },
    { key: 'cost', header: 'For at most', align: 'end', cell: ({ costMicro }) => <Money amountMicro={costMicro} /> },
    {
      key: 'by',
      header: 'Whose match',
      cell: (matching) => <Whose matching={matching} />,
    },
  ];
}

/** What came of the demands that waited for each epoch’s end: drawn, and in figures. */
export function MatchingList({ matchings, nowMs }: { matchings: readonly MatchingDto[]; nowMs: number }) {
  const [last] = matchings;
  const values = matchings
    .toReversed()
    .map(({ matching, asked, served }) => ({ key: matching, whole: asked, part: served }));
  const label = `Matches of this page, oldest first: how many requests waited, and how many of them were bought.${last === undefined ? '' : ` Of the last one: ${matchingInWords(last)}.`}`;
  return (
    <div className="flex flex-col gap-3">
      <figure className="flex flex-col gap-2 rounded-md border border-border bg-surface p-3">
        <Bars values={values} label={label} />
        <figcaption className="text-xs text-muted">
          A bar for each match, oldest first: pale, the requests that waited; full, those that were bought.
        </figcaption>
      </figure>
      <Table
        caption="Matches of epochs, newest first"
        columns={columnsOf(nowMs)}
        rows={matchings}
        rowKey={({ matching }) => matching}
      />
    </div>
  );
}
