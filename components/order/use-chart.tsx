import { Curve, type Span } from '#components/chart/curve.tsx';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountInWords, meterOf } from '#components/ledger/amounts.ts';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { formatMeasured, formatUtc } from '#components/ui/format.ts';
import { Table } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { OrderDetail, UsePoint } from '#lib/shared/dto.ts';

function amountOf({ used }: UsePoint, meter: string): number {
  return used.find((quantity) => quantity.meter === meter)?.amount ?? 0;
}

interface MeterUseProps {
  kind: ShownKind;
  meter: string;
  history: readonly UsePoint[];
  span: Span;
}

function MeterUse({ kind: { ledger }, meter, history, span }: MeterUseProps) {
  const rule = meterOf(ledger, meter);
  const last = history.at(-1);
  const total = amountInWords(last ? amountOf(last, meter) : 0, rule);
  const readings = [
    { atMs: span.fromMs, amount: 0 },
    ...history.map((point) => ({ atMs: point.untilMs, amount: amountOf(point, meter) })),
  ];
  return (
    <figure className="rounded-md border border-border bg-surface p-3">
      <figcaption className="flex justify-between gap-2 text-sm">
        <span>{rule.title}</span>
        <span className="tabular-nums">{total}</span>
      </figcaption>
      <div className="mt-2">
        <Curve
          readings={readings}
          span={span}
          label={`${rule.title}: from nothing to ${total} in ${formatMeasured(span.untilMs - span.fromMs)}, by ${countOf(history.length, 'claim')}`}
        />
      </div>
      <p className="mt-1 flex justify-between gap-2 text-xs text-muted tabular-nums">
        <Text>{formatUtc(span.fromMs)}</Text>
        <Text>{`${formatMeasured(span.untilMs - span.fromMs)} later`}</Text>
      </p>
    </figure>
  );
}

/** How use grew over the window, one drawing for each meter, with the same figures as a table. Nothing before the first claim. */
export function UseChart({ order }: { order: OrderDetail }) {
  const kind = kindOf(order.resource.kind);
  const { claim, startsAtMs, endsAtMs } = order;
  if (!claim || startsAtMs === null) return null;
  const span = { fromMs: startsAtMs, untilMs: Math.max(endsAtMs ?? 0, claim.untilMs) };
  const meters = kind.ledger.used;
  return (
    <div className="mt-4 flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {meters.map((meter) => (
          <MeterUse key={meter} kind={kind} meter={meter} history={claim.history} span={span} />
        ))}
      </div>
      <Disclosure summary="Use over time, as a table">
        <Table
          caption="Total used until each claim"
          columns={[
            { key: 'until', header: 'Until', isRowHeader: true, cell: (point: UsePoint) => formatUtc(point.untilMs) },
            ...meters.map((meter) => {
              const rule = meterOf(kind.ledger, meter);
              return {
                key: meter,
                header: rule.title,
                align: 'end' as const,
                cell: (point: UsePoint) => amountInWords(amountOf(point, meter), rule),
              };
            }),
          ]}
          rows={claim.history}
          rowKey={({ untilMs }) => untilMs}
        />
      </Disclosure>
    </div>
  );
}
