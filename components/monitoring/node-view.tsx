import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { countOf } from '#components/ui/count.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { durationInWords, formatCount, sentenceCase } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type {
  NodeSeriesDto,
  PeerWayDto,
  ProbeDto,
  WatchedNodeDetailDto,
  WatchedNodeDto,
} from '#lib/shared/monitoring.ts';
import { MaintenanceChip, NodeStatusChip } from './chips.tsx';
import { NodeCharts } from './node-charts.tsx';
import { RangeChoice } from './range-choice.tsx';
import { UptimeDots, uptimeWords } from './uptime-dots.tsx';
import { carriedWords, clockWords, figureWith, KIND_WORDS, nodeWords, percent } from './words.ts';

function lagFact(lag: number): string {
  if (lag === 0) return 'at the newest block';
  return lag > 0 ? `${countOf(lag, 'block')} behind` : `claims ${countOf(-lag, 'block')} that nobody has`;
}

function memoryFact({ memoryMib, memoryMaxMib }: WatchedNodeDto): string | undefined {
  if (memoryMib === null) return undefined;
  const used = figureWith(memoryMib, 'MiB');
  return memoryMaxMib === null ? used : `${used} of ${figureWith(memoryMaxMib, 'MiB')}`;
}

/** Only what was measured: a line of dashes tells nobody anything. */
function measuredFacts(node: WatchedNodeDto): Fact[] {
  const words: readonly (readonly [string, string | null | undefined])[] = [
    ['Version', node.version],
    ['Ledger height', node.height === null ? null : `${formatCount(node.height)}, ${lagFact(node.lag ?? 0)}`],
    ['Processor, of one core', node.cpuPermille === null ? null : percent(node.cpuPermille)],
    ['Memory', memoryFact(node)],
    ['Disk left', node.diskFreeMib === null ? null : figureWith(node.diskFreeMib, 'MiB')],
    ['Event loop late by', node.loopDelayMs === null ? null : figureWith(node.loopDelayMs, 'ms')],
    ['Clock, as the portal sees it', node.clockSeenMs === null ? null : clockWords(node.clockSeenMs)],
    ['Clock, as it says itself', node.clockOffsetMs === null ? null : clockWords(node.clockOffsetMs)],
    ['Orders served now', node.orders === null ? null : formatCount(node.orders)],
    ['Round trip to the portal', node.roundTripMs === null ? null : figureWith(node.roundTripMs, 'ms')],
    ['Calls lost', node.lossPermille === null ? null : percent(node.lossPermille)],
  ];
  return words.flatMap(([name, value]) => (value ? [{ name, value: <Foreign text={value} /> }] : []));
}

function factsOf({ node, owner, carriedBytesPerS }: WatchedNodeDetailDto, nowMs: number): Fact[] {
  return [
    { name: 'Kind', value: sentenceCase(KIND_WORDS[node.kind]) },
    {
      name: node.kind === 'portal' ? 'Address' : 'Key',
      value:
        node.kind === 'portal' ? (
          <span className="break-all">{node.key}</span>
        ) : (
          <Id id={node.key} what="key of the node" />
        ),
    },
    { name: 'Whose', value: owner === null ? 'the network’s own' : <AccountName account={owner} /> },
    ...(node.seenAtMs === null ? [] : [{ name: 'Last heard', value: <Time timeMs={node.seenAtMs} nowMs={nowMs} /> }]),
    ...measuredFacts(node),
    ...(node.kind === 'chain' ? [] : [{ name: 'Carried for orders', value: carriedWords(node, carriedBytesPerS) }]),
  ];
}

const PEER_COLUMNS: readonly Column<PeerWayDto>[] = [
  {
    key: 'peer',
    header: 'To',
    isRowHeader: true,
    cell: ({ address }) => <Id id={address} what="key of the other node" />,
  },
  {
    key: 'trip',
    header: 'Round trip',
    align: 'end',
    cell: ({ roundTripMs }) => (roundTripMs === null ? 'nothing came back' : figureWith(roundTripMs, 'ms')),
  },
  { key: 'loss', header: 'Lost', align: 'end', cell: ({ lossPermille }) => percent(lossPermille) },
];

type Probe = ProbeDto & { key: number };
const PROBE_COLUMNS: readonly Column<Probe>[] = [
  { key: 'at', header: 'Called', isRowHeader: true, cell: ({ atMs }) => <Time timeMs={atMs} /> },
  { key: 'ok', header: 'Answered', cell: ({ isOk }) => <Text>{isOk ? 'yes' : 'no'}</Text> },
  {
    key: 'trip',
    header: 'Round trip',
    align: 'end',
    cell: ({ roundTripMs }) => (roundTripMs === null ? '—' : figureWith(roundTripMs, 'ms')),
  },
  { key: 'sentence', header: 'What came of it', cell: ({ sentence }) => <Foreign text={sentence} /> },
];

type Change = WatchedNodeDetailDto['changes'][number] & { key: number };
const CHANGE_COLUMNS: readonly Column<Change>[] = [
  { key: 'at', header: 'When', isRowHeader: true, cell: ({ atMs }) => <Time timeMs={atMs} /> },
  { key: 'status', header: 'Status', cell: ({ status }) => <NodeStatusChip status={status} /> },
  { key: 'sentence', header: 'Why', cell: ({ sentence }) => <ForeignSentence text={sentence} /> },
];

function Refusals({ refusals }: { refusals: Readonly<Record<string, number>> }) {
  const list = Object.entries(refusals).filter(([, count]) => count > 0);
  if (list.length === 0)
    return <p className="text-sm text-muted">It refused no call since the heartbeat before its last.</p>;
  return <Facts facts={list.map(([reason, count]) => ({ name: reason, value: formatCount(count) }))} />;
}

/** What only somebody who sends heartbeats has. */
function Heartbeats({ detail, series, path, nowMs }: NodeViewProps) {
  return (
    <>
      <Section title="Over time" aside={series ? `a point each ${durationInWords(series.stepMs)}` : undefined}>
        {series === null ? (
          <EmptyState title="No series is kept of it">The monitor has taken in nothing of it yet.</EmptyState>
        ) : (
          <>
            <div className="mb-2">
              <RangeChoice path={path} range={series.range} />
            </div>
            <NodeCharts series={series} kind={detail.node.kind} nowMs={nowMs} />
          </>
        )}
      </Section>
      {detail.node.kind === 'agent' ? <HeartbeatCalls detail={detail} /> : null}
    </>
  );
}

/** What only an agent's heartbeats tell. */
function HeartbeatCalls({ detail }: Pick<NodeViewProps, 'detail'>) {
  return (
    <>
      <Section title="Ways to other nodes">
        {detail.peers.length === 0 ? (
          <p className="text-sm text-muted">Its last heartbeat named no way to another node.</p>
        ) : (
          <Table
            caption="Ways to other nodes, by its last heartbeat"
            columns={PEER_COLUMNS}
            rows={detail.peers}
            rowKey={({ address }) => address}
          />
        )}
      </Section>
      <Section title="Calls that it refused">
        <Refusals refusals={detail.refusals} />
      </Section>
    </>
  );
}

function Changes({ changes }: { changes: WatchedNodeDetailDto['changes'] }) {
  if (changes.length === 0) return <p className="text-sm text-muted">Its status has not changed yet.</p>;
  return (
    <Table
      caption="Changes of its status, the newest first"
      columns={CHANGE_COLUMNS}
      rows={changes.map((change, key) => ({ ...change, key }))}
      rowKey={({ key }) => key}
    />
  );
}

export interface NodeViewProps {
  detail: WatchedNodeDetailDto;
  series: NodeSeriesDto | null;
  /** This page's own address. */
  path: string;
  nowMs: number;
  /** What may be done about it, and its alerts. */
  children?: ReactNode;
}

/** One node: how it is and since when, how it was over time, and what the monitor's own calls found. */
export function NodeView(props: NodeViewProps) {
  const { detail, nowMs, children } = props;
  const { node, changes, probes } = detail;
  return (
    <>
      <PageHeader
        title={node.name === null ? nodeWords(node) : <Foreign text={node.name} />}
        lead={<ForeignSentence text={node.sentence} />}
        meta={
          <>
            <NodeStatusChip status={node.status} />
            {node.statusSinceMs === null ? null : (
              <span>
                <span>since </span>
                <Time timeMs={node.statusSinceMs} nowMs={nowMs} />
              </span>
            )}
            {node.isInMaintenance ? <MaintenanceChip /> : null}
          </>
        }
      />
      {node.clockAwayMs === null ? null : (
        <div className="mb-4">
          <Note kind="warning">
            {`Its clock is ${clockWords(node.clockAwayMs)}, so its heartbeats are refused. It must set its clock.`}
          </Note>
        </div>
      )}
      <div className="contents">{children}</div>
      <Section title="What is known of it">
        {node.kind === 'agent' ? (
          <p className="mb-2 flex flex-wrap items-center gap-3 text-sm">
            <UptimeDots dots={node.uptime} />
            <Text>{uptimeWords(node.uptime)}</Text>
          </p>
        ) : null}
        <Facts facts={factsOf(detail, nowMs)} />
      </Section>
      {node.kind === 'agent' || (node.kind !== 'chain' && node.seenAtMs !== null) ? <Heartbeats {...props} /> : null}
      <Section title="Changes of its status">
        <Changes changes={changes} />
      </Section>
      <Section title="Calls by the monitor">
        {probes.length === 0 ? (
          <p className="text-sm text-muted">
            {node.kind === 'validator'
              ? 'Validators are asked after at the ledger process, not called themselves.'
              : 'The monitor has not called it: it calls a node that falls silent, and a portal all the time.'}
          </p>
        ) : (
          <Table
            caption="Calls by the monitor, the newest first"
            columns={PROBE_COLUMNS}
            rows={probes.map((probe, key) => ({ ...probe, key })).slice(0, 20)}
            rowKey={({ key }) => key}
          />
        )}
      </Section>
    </>
  );
}
