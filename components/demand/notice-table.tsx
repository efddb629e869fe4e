import Link from 'next/link';
import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { NoticeDto } from '#lib/shared/demand-dto.ts';
import { demandInWords, demandLabel, NOTICE_LOOKS } from './words.ts';

/** Who looks at brokers’ requests to share something. */
export type NoticeReader = 'customer' | 'broker' | 'node-provider' | 'provider';

export interface NoticeTableProps {
  notices: readonly NoticeDto[];
  as: NoticeReader;
  nowMs: number;
  /** What the reader can do with one that waits for them. */
  actionOf?: (notice: NoticeDto) => ReactNode;
}

/** The last thing that happened to it. */
function movedAtMs({ sentAtMs, relayedAtMs, answeredAtMs }: NoticeDto): number {
  return answeredAtMs ?? relayedAtMs ?? sentAtMs;
}

/** Whose turn it is, where that is the reader’s. */
const TURNS: Readonly<Partial<Record<NoticeReader, NoticeDto['status']>>> = {
  'node-provider': 'sent',
  provider: 'relayed',
};

/** How a request stands, as its reader has to be told. */
function wordOf(status: NoticeDto['status'], as: NoticeReader): string {
  if (TURNS[as] === status) return 'waits for you';
  return as === 'node-provider' && status === 'stopped' ? 'stopped by you' : NOTICE_LOOKS[status].word;
}

function Answer({ notice: { status, resource }, as }: { notice: NoticeDto; as: NoticeReader }) {
  return (
    <div className="flex flex-col items-start gap-0.5">
      <Chip {...NOTICE_LOOKS[status]} word={wordOf(status, as)} />
      {resource === null ? null : (
        <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link">
          {resource.title === '' ? resourceLabel(resource.id) : <Foreign text={resource.title} />}
        </Link>
      )}
    </div>
  );
}

/** A demand that its reader can open, or what it is for: a provider may not share its kinds yet, and its page is for those who do. */
function ForDemand({ notice: { demand }, as }: { notice: NoticeDto; as: NoticeReader }) {
  const words = demandInWords({ kinds: demand.kinds, work: demand.work });
  if (as !== 'broker') return <span>{`${demandLabel(demand.id)}: ${words}`}</span>;
  return (
    <span>
      <Link href={`/broker/demands/${demand.id}`} prefetch={false} className="prose-link font-mono text-[0.8125rem]">
        {demandLabel(demand.id)}
      </Link>
      <span>{`: ${words}`}</span>
    </span>
  );
}

function columnsOf({ notices, as, nowMs, actionOf }: NoticeTableProps): Column<NoticeDto>[] {
  const kind: Column<NoticeDto> = {
    key: 'kind',
    header: 'Asked to share',
    isRowHeader: true,
    cell: (notice) => notice.kind,
  };
  const demand: Column<NoticeDto> = {
    key: 'demand',
    header: 'For',
    cell: (notice) => <ForDemand notice={notice} as={as} />,
  };
  const provider: Column<NoticeDto> = {
    key: 'provider',
    header: 'Provider',
    cell: (notice) => <AccountName account={notice.provider} />,
  };
  const broker: Column<NoticeDto> = {
    key: 'broker',
    header: 'Broker',
    cell: (notice) => <AccountName account={notice.broker} />,
  };
  const through: Column<NoticeDto> = {
    key: 'through',
    header: 'Through',
    cell: (notice) => <AccountName account={notice.nodeProvider} />,
  };
  const seen: Readonly<Record<NoticeReader, readonly Column<NoticeDto>[]>> = {
    customer: [kind, provider, broker],
    broker: [kind, provider, through],
    'node-provider': [kind, broker, provider, demand],
    provider: [kind, demand, broker, through],
  };
  const action: Column<NoticeDto> = {
    key: 'action',
    header: 'Your word',
    align: 'end',
    cell: (one) => actionOf?.(one) ?? <span className="text-muted">nothing now</span>,
  };
  return [
    ...seen[as],
    { key: 'status', header: 'Status', cell: (notice) => <Answer notice={notice} as={as} /> },
    { key: 'time', header: 'Since', cell: (notice) => <Time timeMs={movedAtMs(notice)} nowMs={nowMs} /> },
    ...(actionOf !== undefined && notices.some((one) => actionOf(one) !== null) ? [action] : []),
  ];
}

/** Brokers’ requests to share something, newest first: from whom to whom, for what, and how far each has come. */
export function NoticeTable(props: NoticeTableProps) {
  return (
    <Table
      caption="Brokers’ requests to share something, newest first"
      columns={columnsOf(props)}
      rows={props.notices}
      rowKey={({ notice }) => notice}
    />
  );
}
