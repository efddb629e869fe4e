import { Ban, CircleCheck, CircleDashed, CircleX, Clock, Play } from 'lucide-react';
import type { Metadata } from 'next';
import { runInWords } from '#components/demand/range-table.tsx';
import { demandLabel, rangeInWords, REASON_WORDS } from '#components/demand/words.ts';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { exactSeconds } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getOwnRanges } from '#lib/queries/own-ranges.ts';
import type { OwnRangeDto } from '#lib/shared/match-dto.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Ranges' };

const PATH = '/provider/ranges';

/** What became of a range for who runs it: a result that was rejected is not paid, and one that came too late went to another. */
function lookOf({ state, isRejected, lateAtMs }: OwnRangeDto, nowMs: number): ChipLook {
  if (isRejected) return { tone: 'danger', icon: CircleX, word: 'unpaid' };
  switch (state) {
    case 'finished':
      return { tone: 'success', icon: CircleCheck, word: 'done' };
    case 'failed':
      return { tone: 'danger', icon: CircleX, word: 'failed' };
    case 'dropped':
      return { tone: 'neutral', icon: Ban, word: 'given up' };
    case 'assigned':
    case 'started':
      if (nowMs > lateAtMs) return { tone: 'warning', icon: Clock, word: 'timed out' };
      return state === 'started'
        ? { tone: 'accent', icon: Play, word: 'running' }
        : { tone: 'neutral', icon: CircleDashed, word: 'assigned' };
  }
}

function whyOf(range: OwnRangeDto, nowMs: number): string {
  const isOpen = range.state === 'assigned' || range.state === 'started';
  const late =
    isOpen && nowMs > range.lateAtMs ? ' It is late, and was given to another one too: the first result counts.' : '';
  return `${runInWords(range)}${late} Given: ${REASON_WORDS[range.reason]}.`;
}

function columnsOf(nowMs: number): Column<OwnRangeDto>[] {
  return [
    {
      key: 'order',
      header: 'Order',
      isRowHeader: true,
      cell: ({ agreement, name }) => (
        <a href={`/provider/orders/${agreement}`} className="prose-link font-mono text-[0.8125rem] whitespace-nowrap">
          {name}
        </a>
      ),
    },
    { key: 'demand', header: 'Demand', cell: ({ demand }) => demandLabel(demand) },
    { key: 'resource', header: 'Resource', cell: ({ resource }) => <Foreign text={resource.title} /> },
    { key: 'range', header: 'Sub-tasks', cell: rangeInWords },
    { key: 'state', header: 'State', cell: (range) => <Chip {...lookOf(range, nowMs)} /> },
    { key: 'why', header: 'Why', cell: (range) => <span className="text-sm">{whyOf(range, nowMs)}</span> },
    {
      key: 'cpu',
      header: 'Processor time',
      align: 'end',
      cell: ({ cpuMs }) => (cpuMs === null ? <span className="text-muted">not yet</span> : exactSeconds(cpuMs)),
    },
    {
      key: 'time',
      header: 'Assigned',
      align: 'end',
      cell: ({ assignedAtMs }) => <Time timeMs={assignedAtMs} nowMs={nowMs} />,
    },
  ];
}

export default async function RangesPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Ranges" role="NRP" />;
  const [ranges, nowMs] = await Promise.all([getOwnRanges(pageOf((await searchParams).page)), serverNow()]);
  return (
    <>
      <LiveRefresh ids={['agreement:']} asOf={ranges.asOf.height} />
      <PageHeader
        title="Ranges"
        lead="Sub-tasks of customers’ programs that your agents run, or ran, each range with what came of it and why."
        meta={<AsOfBlock asOf={ranges.asOf} />}
      />
      {ranges.items.length === 0 ? (
        <EmptyState
          title="Your agents have run no range yet"
          action={{ label: 'See the open demands', href: '/provider/demands' }}
        >
          Share a machine for programs: plans that name it bring ranges here by themselves.
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Ranges of your agents, newest first"
            columns={columnsOf(nowMs)}
            rows={ranges.items}
            rowKey={({ demand, range, agreement }) => `${demand} ${range} ${agreement}`}
          />
          <Pager {...ranges} what="range" hrefOf={(page) => hrefWith(PATH, {}, { page: String(page) })} />
        </>
      )}
    </>
  );
}
