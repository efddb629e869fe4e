import { figure, figureWith } from '#components/monitoring/words.ts';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { EffectDto, ShiftDto } from '#lib/shared/allocation.ts';
import { coresInWords } from './cores.ts';

/** `1.2 s → 0.9 s`; what was not measured is said so, and is no 0. */
export function effectInWords(
  { before, after }: EffectDto,
  isOver: boolean,
  words: (amount: number) => string,
): string {
  const after5 = after === null ? (isOver ? 'not measured' : 'not yet') : words(after);
  return `${before === null ? 'not measured' : words(before)} → ${after5}`;
}

/** Who signed; of a program's shift also which key it was, because nobody looked at it before. */
function ShiftedBy({ shift: { by, program } }: { shift: ShiftDto }) {
  if (program === null) return <AccountName account={by} />;
  return (
    <div className="text-end sm:text-start">
      <p>
        <AccountName account={by} />
      </p>
      <p className="text-xs text-muted">
        <Text>automatic, by its program </Text>
        {program.label === null ? null : <Foreign text={program.label} />}
        <span className="whitespace-nowrap">{` (key ${program.key})`}</span>
      </p>
    </div>
  );
}

function columnsFor(nowMs: number): Column<ShiftDto>[] {
  const seconds = (ms: number): string => figureWith(ms / 1_000, 's');
  const isOver = ({ measuredAtMs }: ShiftDto): boolean => nowMs >= measuredAtMs;
  return [
    {
      key: 'what',
      header: 'Shift',
      isRowHeader: true,
      cell: ({ name, millicores, from, to }) => (
        <span>
          <Foreign text={name} />
          <Text>{`: ${coresInWords(millicores)} from ${from} to ${to}`}</Text>
        </span>
      ),
    },
    { key: 'reason', header: 'Reason', cell: ({ reason }) => <Foreign text={reason} /> },
    { key: 'by', header: 'By', cell: (shift) => <ShiftedBy shift={shift} /> },
    { key: 'at', header: 'When', cell: ({ atMs }) => <Time timeMs={atMs} nowMs={nowMs} /> },
    {
      key: 'block',
      header: 'Block time',
      cell: (shift) => <Text>{effectInWords(shift.blockTimeMs, isOver(shift), seconds)}</Text>,
    },
    {
      key: 'waiting',
      header: 'Runs waiting',
      cell: (shift) => <Text>{effectInWords(shift.runsWaiting, isOver(shift), figure)}</Text>,
    },
  ];
}

/** The last shifts with what they brought. */
export function ShiftTable({ shifts, nowMs }: { shifts: readonly ShiftDto[]; nowMs: number }) {
  return (
    <Table
      caption="Shifts of cores, the newest first, with the median block time and the mean of runs waiting in the five minutes before and after"
      columns={columnsFor(nowMs)}
      rows={shifts}
      rowKey={({ node, atMs, tx, from, to }) => `${node} ${atMs} ${tx} ${from} ${to}`}
    />
  );
}
