import { Facts } from '#components/ui/facts.tsx';
import { durationInWords, formatBytes, formatCount, formatUtc } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';

const SHOWN_MAX = 720;
const CELL = 10;
const GAP = 2;
const PER_LINE = 60;

interface Interval {
  startMs: number;
  served: boolean;
}

/** Promised against measured: the bill's intervals once settled, the last claim's before. */
function intervalsOf(order: OrderDetail): Interval[] {
  if (order.bill) return order.bill.intervals;
  if (!order.claim || order.startsAtMs === null) return [];
  const startsAtMs = order.startsAtMs;
  return order.claim.served.map((served, index) => ({ startMs: startsAtMs + index * order.intervalMs, served }));
}

/** What was used, and whether the agent served, interval by interval. */
export function OrderUsage({ order }: { order: OrderDetail }) {
  const intervals = intervalsOf(order);
  return (
    <div>
      <Section title="Usage claimed on the ledger">
        {order.claim ? (
          <Facts
            facts={[
              { name: 'Calls', value: `${formatCount(order.claim.calls)} of ${formatCount(order.callsMax)}` },
              { name: 'Rows', value: formatCount(order.claim.rows) },
              { name: 'Bytes', value: `${formatBytes(order.claim.bytes)} of ${formatBytes(order.bytesMax)}` },
              { name: 'Counted until', value: <Time timeMs={order.claim.untilMs} nowMs={order.serverTimeMs} /> },
              {
                name: 'Signed by the agent in',
                value: <Id id={order.claim.tx} href={`/explorer/transactions/${order.claim.tx}`} what="transaction" />,
              },
            ]}
          />
        ) : (
          <EmptyState title="No claim yet">
            The agent signs what it counted at the end, and at most every ten minutes before. The access card asks its
            meter directly.
          </EmptyState>
        )}
      </Section>
      {order.contested ? (
        <div className="mt-4">
          <Note kind="warning" title="Contested">
            The customer contests the claim: {order.contested.replaceAll('-', ' ')}. Both histories show it.
          </Note>
        </div>
      ) : null}
      <Section title="Served or down" aside={`intervals of ${durationInWords(order.intervalMs)}; down costs nothing`}>
        {intervals.length === 0 ? (
          <EmptyState title="No interval has been measured yet">
            Each interval of the window counts as served or down; what nobody claims counts as down.
          </EmptyState>
        ) : (
          <IntervalStrip intervals={intervals} />
        )}
      </Section>
    </div>
  );
}

function IntervalStrip({ intervals }: { intervals: readonly Interval[] }) {
  const shown = intervals.slice(-SHOWN_MAX);
  const served = intervals.filter((interval) => interval.served).length;
  const lines = Math.ceil(shown.length / PER_LINE);
  const firstMs = shown[0]?.startMs ?? 0;
  const lastMs = shown.at(-1)?.startMs ?? 0;
  const width = Math.min(shown.length, PER_LINE) * (CELL + GAP);
  return (
    <div className="rounded-md border border-border bg-surface p-3">
      <p>
        {formatCount(served)} of {formatCount(intervals.length)} intervals served,{' '}
        {formatCount(intervals.length - served)} down.
      </p>
      <div className="mt-2 overflow-x-auto" role="region" aria-label="Intervals" tabIndex={0}>
        <svg
          role="img"
          aria-label={`${served} of ${intervals.length} intervals served`}
          viewBox={`0 0 ${width} ${lines * (CELL + GAP)}`}
          width={width}
          height={lines * (CELL + GAP)}
        >
          {shown.map((interval, index) => (
            <IntervalCell
              key={interval.startMs}
              x={(index % PER_LINE) * (CELL + GAP)}
              y={Math.floor(index / PER_LINE) * (CELL + GAP)}
              isServed={interval.served}
            />
          ))}
        </svg>
      </div>
      <p className="mt-2 flex flex-wrap justify-between gap-x-4 text-xs text-muted">
        <span>
          From {formatUtc(firstMs)} to {formatUtc(lastMs)}
        </span>
        <span>filled: served · crossed: down</span>
      </p>
    </div>
  );
}

function IntervalCell({ x, y, isServed }: { x: number; y: number; isServed: boolean }) {
  if (isServed) return <rect x={x} y={y} width={CELL} height={CELL} rx="1.5" className="fill-accent" />;
  return (
    <path
      d={`M${x + 1} ${y + 1} l8 8 M${x + 9} ${y + 1} l-8 8`}
      className="stroke-danger"
      strokeWidth="2"
      fill="none"
    />
  );
}
