import Link from 'next/link';
import { BellRing, CirclePause } from 'lucide-react';
import { Chip } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { WebhookDto } from '#lib/shared/monitoring.ts';
import type { Act } from './act.ts';
import { WebhookButtons, type WebhookChange } from './webhook-change.tsx';

type Delivery = WebhookDto['deliveries'][number];

const COLUMNS: readonly Column<Delivery>[] = [
  {
    key: 'alert',
    header: 'Alert',
    isRowHeader: true,
    cell: ({ alert }) => (
      <Link href={`/maintainer/alerts/${alert}`} prefetch={false} className="prose-link">
        {`Alert ${alert}`}
      </Link>
    ),
  },
  { key: 'event', header: 'Told', cell: ({ event }) => <Text>{event}</Text> },
  { key: 'created', header: 'Since', cell: ({ createdAtMs }) => <Time timeMs={createdAtMs} /> },
  {
    key: 'delivered',
    header: 'Taken',
    cell: ({ deliveredAtMs }) =>
      deliveredAtMs === null ? <span className="text-muted">not yet</span> : <Time timeMs={deliveredAtMs} />,
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
  { key: 'status', header: 'Status', align: 'end', cell: ({ status }) => (status === null ? '—' : status) },
  {
    key: 'sentence',
    header: 'Last answer',
    cell: ({ sentence }) => (sentence === null ? '—' : <Foreign text={sentence} />),
  },
];

export interface WebhookListProps {
  webhooks: readonly WebhookDto[];
  change: Act<WebhookChange>;
  remove: Act<number>;
}

/** Addresses that are told of alerts, each with what was told it. */
export function WebhookList({ webhooks, change, remove }: WebhookListProps) {
  return (
    <ul aria-label="Webhooks" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {webhooks.map(({ id, url, severityMin, isEnabled, createdAtMs, deliveries }) => (
        <li key={id} aria-label={`Webhook ${id}`} className="flex flex-col gap-2 px-3 py-2.5">
          <div className="flex flex-wrap items-start justify-between gap-3">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-medium break-all">
                  <Foreign text={url} />
                </span>
                {isEnabled ? (
                  <Chip tone="success" icon={BellRing} word="on" />
                ) : (
                  <Chip tone="warning" icon={CirclePause} word="paused" />
                )}
              </p>
              <p className="mt-0.5 text-xs text-muted">
                <Text>{`Webhook ${id}, told from severity ${severityMin} on, added `}</Text>
                <Time timeMs={createdAtMs} />
              </p>
            </div>
            <WebhookButtons webhook={{ webhook: id, url, severityMin, isEnabled }} change={change} remove={remove} />
          </div>
          {deliveries.length === 0 ? (
            <p className="text-sm text-muted">It has been told nothing yet.</p>
          ) : (
            <Disclosure summary={`What was told it: ${countOf(deliveries.length, 'message')}`}>
              <Table
                caption={`What webhook ${id} was told, the newest first`}
                columns={COLUMNS}
                rows={deliveries}
                rowKey={(delivery) => delivery.id}
              />
            </Disclosure>
          )}
        </li>
      ))}
    </ul>
  );
}
