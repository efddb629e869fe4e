import Link from 'next/link';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Relative } from '#components/ui/relative.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { AlertDto } from '#lib/shared/monitoring.ts';
import { AlertStateChip, SeverityChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';

export interface AlertTableProps {
  caption: string;
  alerts: readonly AlertDto[];
  /** The role's pages: `/maintainer`. */
  base: string;
  nowMs: number;
}

function columnsFor(base: string, nowMs: number): Column<AlertDto>[] {
  return [
    {
      key: 'sentence',
      header: 'Alert',
      isRowHeader: true,
      cell: (alert) => (
        <Link href={`${base}/alerts/${alert.id}`} prefetch={false} className="prose-link">
          <ForeignSentence text={alert.sentence} />
        </Link>
      ),
    },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => <SeverityChip severity={severity} /> },
    {
      key: 'state',
      header: 'State',
      cell: ({ state, isFlapping, times }) => (
        <span className="inline-flex flex-wrap items-center justify-end gap-1 sm:justify-start">
          <AlertStateChip state={state} />
          {isFlapping ? <span className="text-xs text-muted">{`comes and goes, ${times} times`}</span> : null}
        </span>
      ),
    },
    { key: 'node', header: 'Node', cell: ({ node }) => <NodeLink node={node} base={`${base}/nodes`} /> },
    {
      key: 'fired',
      header: 'Since',
      className: 'whitespace-nowrap',
      cell: ({ firedAtMs }) => <Relative timeMs={firedAtMs} nowMs={nowMs} />,
    },
    {
      key: 'scope',
      header: 'Concerns',
      cell: ({ scope }) => <Text>{scope === 'one' ? 'this one' : 'half of its kind or more'}</Text>,
    },
  ];
}

/** Alerts, each in its sentence. */
export function AlertTable({ caption, alerts, base, nowMs }: AlertTableProps) {
  return <Table caption={caption} columns={columnsFor(base, nowMs)} rows={alerts} rowKey={({ id }) => id} />;
}

/** The alerts of one node, on its page. */
export function NodeAlerts({ alerts, base, nowMs }: Omit<AlertTableProps, 'caption'>) {
  return (
    <Section title="Its alerts">
      {alerts.length === 0 ? (
        <p className="text-sm text-muted">There has been no alert of it.</p>
      ) : (
        <AlertTable caption="Alerts of this node" alerts={alerts} base={base} nowMs={nowMs} />
      )}
    </Section>
  );
}
