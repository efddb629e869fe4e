import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AlertDetailDto } from '#lib/shared/monitoring.ts';
import { AlertStateChip, SeverityChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';

type Step = AlertDetailDto['history'][number];
type Delivery = AlertDetailDto['deliveries'][number];

const STEP_WORDS: Readonly<Record<Step['what'], string>> = {
  firing: 'It fired',
  again: 'It came again',
  flapping: 'It comes and goes: from here on it is told once, not each time',
  acknowledged: 'Somebody looks after it',
  resolved: 'It is over',
};

function factsOf(alert: AlertDetailDto, base: string, nowMs: number): Fact[] {
  const { node, rule, scope, times, firedAtMs, acknowledgedAtMs, lookedAfterBy, note, resolvedAtMs } = alert;
  return [
    { name: 'Node', value: <NodeLink node={node} base={`${base}/nodes`} /> },
    { name: 'Rule', value: <span className="font-mono text-[0.8125rem]">{rule}</span> },
    {
      name: 'Concerns',
      value: scope === 'one' ? 'this node alone' : 'half of all such nodes or more: hardly this node',
    },
    { name: 'How often', value: times === 1 ? 'once' : `${times} times` },
    { name: 'Fired', value: <Time timeMs={firedAtMs} nowMs={nowMs} /> },
    ...(acknowledgedAtMs === null
      ? []
      : [
          {
            name: 'Acknowledged',
            value: (
              <>
                <Time timeMs={acknowledgedAtMs} nowMs={nowMs} />
                {lookedAfterBy === null ? null : (
                  <span>
                    <span> by </span>
                    <AccountName account={lookedAfterBy} />
                  </span>
                )}
              </>
            ),
          },
        ]),
    ...(note ? [{ name: 'Note', value: <Foreign text={note} /> }] : []),
    ...(resolvedAtMs === null ? [] : [{ name: 'Over', value: <Time timeMs={resolvedAtMs} nowMs={nowMs} /> }]),
  ];
}

function History({ steps, nowMs }: { steps: readonly Step[]; nowMs: number }) {
  return (
    <ol aria-label="What became of it" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {steps.map((step, index) => (
        <li key={index} className="px-3 py-2">
          <p className="flex flex-wrap justify-between gap-x-4">
            <span className="font-medium">
              <Text>{STEP_WORDS[step.what]}</Text>
              {step.account === null ? null : (
                <span className="font-normal">
                  <span>, </span>
                  <AccountName account={step.account} />
                </span>
              )}
            </span>
            <Time timeMs={step.atMs} nowMs={nowMs} className="text-sm" />
          </p>
          {step.note ? (
            <p className="mt-0.5 text-sm text-muted">
              <Foreign text={step.note} />
            </p>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

const DELIVERY_COLUMNS: readonly Column<Delivery & { key: number }>[] = [
  { key: 'webhook', header: 'Webhook', isRowHeader: true, cell: ({ webhook }) => `Webhook ${webhook}` },
  { key: 'event', header: 'Told', cell: ({ event }) => <Text>{event}</Text> },
  {
    key: 'delivered',
    header: 'Taken',
    cell: ({ deliveredAtMs }) =>
      deliveredAtMs === null ? <span className="text-muted">not yet</span> : <Time timeMs={deliveredAtMs} />,
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
  {
    key: 'sentence',
    header: 'Last answer',
    cell: ({ sentence }) => (sentence === null ? '—' : <Foreign text={sentence} />),
  },
];

export interface AlertViewProps {
  alert: AlertDetailDto;
  base: string;
  nowMs: number;
  /** What may be done about it. */
  children?: ReactNode;
}

/** One alert: what is wrong, since when, what was done, and who was told. */
export function AlertView({ alert, base, nowMs, children }: AlertViewProps) {
  return (
    <>
      <PageHeader
        title={`Alert ${alert.id}`}
        lead={<ForeignSentence text={alert.sentence} />}
        meta={
          <>
            <SeverityChip severity={alert.severity} />
            <AlertStateChip state={alert.state} />
          </>
        }
      />
      <div className="contents">{children}</div>
      <Section title="What it is">
        <Facts facts={factsOf(alert, base, nowMs)} />
      </Section>
      <Section title="History">
        <History steps={alert.history} nowMs={nowMs} />
      </Section>
      <Section title="Who was told">
        {alert.deliveries.length === 0 ? (
          <EmptyState title="No webhook was told of it">
            Webhooks hear of alerts from their own severity on; the portal shows every one.
          </EmptyState>
        ) : (
          <Table
            caption="Deliveries to webhooks"
            columns={DELIVERY_COLUMNS}
            rows={alert.deliveries.map((delivery, key) => ({ ...delivery, key }))}
            rowKey={({ key }) => key}
          />
        )}
      </Section>
    </>
  );
}
