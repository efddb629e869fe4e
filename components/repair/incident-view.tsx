import Link from 'next/link';
import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { countOf } from '#components/ui/count.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatDuration, resourceLabel } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { Status } from '#components/ledger/status.tsx';
import type { IncidentDetailDto, RepairStepDto } from '#lib/shared/repair.ts';
import { OutcomeChip } from './incident-chip.tsx';
import { RepairNode } from './incident-table.tsx';
import { causeInWords, stepInWords } from './words.ts';

function factsOf(incident: IncidentDetailDto, base: string): Fact[] {
  const { node, people, cause, text } = incident;
  const { operator, opened, acknowledged, closed } = people;
  return [
    { name: 'Cause', value: causeInWords(cause) },
    { name: 'Node', value: <RepairNode node={node} base={base} /> },
    { name: 'In the register', value: <Status status={node.status} /> },
    { name: 'Operator', value: operator === null ? 'named at genesis' : <AccountName account={operator} /> },
    { name: 'Opened by', value: <AccountName account={opened} /> },
    ...(acknowledged === null ? [] : [{ name: 'Looked after by', value: <AccountName account={acknowledged} /> }]),
    ...(closed === null ? [] : [{ name: 'Closed by', value: <AccountName account={closed} /> }]),
    ...(text === '' ? [] : [{ name: 'Closing note', value: <Foreign text={text} /> }]),
  ];
}

interface Mark {
  name: string;
  atMs: number | null;
}

/** From the first sight to the end, with how long each took since the fault was seen. A time that did not come stays open. */
export function Timeline({ incident, nowMs }: { incident: IncidentDetailDto; nowMs: number }) {
  const { detectedMs, openedAtMs, acknowledgedAtMs, repairedAtMs, outcome, closedAtMs } = incident;
  const marks: Mark[] = [
    { name: 'Detected', atMs: detectedMs },
    { name: 'Opened', atMs: openedAtMs },
    { name: 'Acknowledged', atMs: acknowledgedAtMs },
    { name: 'Repaired', atMs: repairedAtMs },
    { name: outcome === 'given-up' ? 'Given up' : 'Restored', atMs: closedAtMs },
  ];
  const columns: Column<Mark>[] = [
    { key: 'name', header: 'What', isRowHeader: true, cell: ({ name }) => <Text>{name}</Text> },
    {
      key: 'at',
      header: 'When',
      cell: ({ atMs }) =>
        atMs === null ? (
          <span className="text-muted">
            <Text>{closedAtMs === null ? 'not yet' : 'not recorded'}</Text>
          </span>
        ) : (
          <Time timeMs={atMs} nowMs={nowMs} />
        ),
    },
    {
      key: 'after',
      header: 'After the fault was seen',
      align: 'end',
      cell: ({ atMs }) => (atMs === null ? '—' : formatDuration(atMs - detectedMs)),
    },
  ];
  return <Table caption="Timeline of the incident" columns={columns} rows={marks} rowKey={({ name }) => name} />;
}

function Step({ step, nowMs }: { step: RepairStepDto; nowMs: number }) {
  const { text, atMs, answeredAtMs, isCommand, by } = step;
  return (
    <li className="px-3 py-2">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="font-medium">
          <Text>{`${step.step}. ${stepInWords(step)}.`}</Text>
        </span>
        <OutcomeChip step={step} nowMs={nowMs} />
      </p>
      {text === '' ? null : (
        <p className="mt-0.5">
          {isCommand ? <span className="text-muted">It answered: </span> : null}
          <Foreign text={text} />
        </p>
      )}
      <p className="mt-0.5 text-sm text-muted">
        <AccountName account={by} />
        <span>, </span>
        <Time timeMs={atMs} />
        {isCommand && answeredAtMs !== null ? (
          <span>{`, answered after ${formatDuration(Math.max(0, answeredAtMs - atMs))}`}</span>
        ) : null}
      </p>
    </li>
  );
}

/** Every step with what came of it. */
export function StepList({ history, nowMs }: Pick<IncidentDetailDto, 'history'> & { nowMs: number }) {
  if (history.length === 0) return <p className="text-sm text-muted">Nothing was done yet.</p>;
  return (
    <ol aria-label="Steps so far" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {history.map((step) => (
        <Step key={step.step} step={step} nowMs={nowMs} />
      ))}
    </ol>
  );
}

type Touched = IncidentDetailDto['orders'][number];

const ORDER_COLUMNS: readonly Column<Touched>[] = [
  {
    key: 'resource',
    header: 'Resource',
    isRowHeader: true,
    cell: ({ resource, title }) => (
      <Link href={`/catalogue/${resource}`} prefetch={false} className="prose-link">
        <Foreign text={title} />
        <Text>{` (${resourceLabel(resource)})`}</Text>
      </Link>
    ),
  },
  { key: 'live', header: 'Live orders', align: 'end', cell: ({ live }) => live },
];

function Orders({ orders }: Pick<IncidentDetailDto, 'orders'>) {
  if (orders.length === 0) return <p className="text-sm text-muted">No order of this node is live.</p>;
  const live = orders.reduce((sum, { live: one }) => sum + one, 0);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted">
        <Text>{`${countOf(live, 'live order')}. Whose they are stays between customer and provider.`}</Text>
      </p>
      <Table caption="Orders touched" columns={ORDER_COLUMNS} rows={orders} rowKey={({ resource }) => resource} />
    </div>
  );
}

export interface IncidentViewProps {
  incident: IncidentDetailDto;
  /** Pages of nodes for this role. */
  base: string;
  nowMs: number;
  /** What may be done about it, behind the timeline. */
  children?: ReactNode;
}

/** One incident: what is wrong, what it touches, how far its repair is, and what every step brought. */
export function IncidentView({ incident, base, nowMs, children }: IncidentViewProps) {
  return (
    <>
      <Section title="Timeline">
        <Timeline incident={incident} nowMs={nowMs} />
      </Section>
      <div className="mt-7 empty:hidden">{children}</div>
      <Section title="Steps so far">
        <StepList history={incident.history} nowMs={nowMs} />
      </Section>
      <Section title="What it is about">
        <Facts facts={factsOf(incident, base)} />
      </Section>
      <Section title="Orders touched">
        <Orders orders={incident.orders} />
      </Section>
    </>
  );
}
