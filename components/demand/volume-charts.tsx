import { Curve, type Reading } from '#components/chart/curve.tsx';
import { findKind } from '#components/kinds/kinds.ts';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { formatCount, formatMicro, formatUtc, sentenceCase } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { VolumeDto } from '#lib/shared/demand-dto.ts';

const DAY_MS = 86_400_000;
/** Days that the desk looks back. */
const DAYS = 30;

/** `23 Nov 2026`. */
const dayInWords = (dayMs: number): string => formatUtc(dayMs).split(',')[0] ?? '';

/** One reading for each of the last days, 0 where nothing was settled. Pure. */
export function dailyReadings(
  volumes: readonly VolumeDto[],
  nowMs: number,
  read: (volume: VolumeDto) => number,
): Reading[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const byDay = new Map(volumes.map((volume) => [volume.dayMs, volume]));
  return Array.from({ length: DAYS }, (_, index) => {
    const atMs = today - (DAYS - 1 - index) * DAY_MS;
    const volume = byDay.get(atMs);
    return { atMs, amount: volume === undefined ? 0 : read(volume) };
  });
}

const COLUMNS: readonly Column<VolumeDto>[] = [
  { key: 'day', header: 'Day (UTC)', isRowHeader: true, cell: ({ dayMs }) => dayInWords(dayMs) },
  { key: 'settled', header: 'Settled', align: 'end', cell: ({ settled }) => formatCount(settled) },
  { key: 'charge', header: 'Charged', align: 'end', cell: ({ chargeMicro }) => <Money amountMicro={chargeMicro} /> },
  {
    key: 'hour',
    header: 'An hour of service',
    align: 'end',
    cell: ({ hourMicro }) =>
      hourMicro === null ? <span className="text-muted">none served</span> : <Money amountMicro={hourMicro} />,
  },
];

/** What was settled of each kind over the last days, and what an hour of service came to, drawn and in figures. */
export function VolumeCharts({ volumes, nowMs }: { volumes: readonly VolumeDto[]; nowMs: number }) {
  const kinds = [...Map.groupBy(volumes, ({ kind }) => kind)];
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      {kinds.map(([kind, own]) => (
        <KindVolumes key={kind} kind={kind} volumes={own} nowMs={nowMs} />
      ))}
    </div>
  );
}

function KindVolumes({ kind, volumes, nowMs }: { kind: string; volumes: readonly VolumeDto[]; nowMs: number }) {
  const title = sentenceCase(findKind(kind)?.ledger.title ?? kind);
  const charges = dailyReadings(volumes, nowMs, ({ chargeMicro }) => Number(chargeMicro));
  const hours = dailyReadings(volumes, nowMs, ({ hourMicro }) => Number(hourMicro ?? 0));
  const span = { fromMs: charges[0]?.atMs ?? nowMs - 1, untilMs: charges.at(-1)?.atMs ?? nowMs };
  const sumMicro = volumes.reduce((sum, { chargeMicro }) => sum + BigInt(chargeMicro), 0n).toString();
  const settled = volumes.reduce((sum, volume) => sum + volume.settled, 0);
  const lastHour = volumes.findLast(({ hourMicro }) => hourMicro !== null)?.hourMicro;
  const charged = `${title}: ${countOf(settled, 'agreement')} settled in ${DAYS} days, ${formatMicro(sumMicro)} tokens charged`;
  const priced = `An hour of service, last at ${lastHour ? `${formatMicro(lastHour)} tokens` : 'nothing'}`;
  return (
    <figure className="flex flex-col gap-2 rounded-md border border-border bg-surface p-3">
      <figcaption className="text-sm">{charged}</figcaption>
      <Curve readings={charges} span={span} label={charged} />
      <p className="text-sm">{priced}</p>
      <Curve readings={hours} span={span} label={priced} />
      <p className="flex justify-between gap-2 text-xs text-muted tabular-nums">
        <Text>{dayInWords(span.fromMs)}</Text>
        <Text>{dayInWords(span.untilMs)}</Text>
      </p>
      <Disclosure summary="The figures">
        <Table caption={charged} columns={COLUMNS} rows={volumes} rowKey={({ dayMs }) => dayMs} />
      </Disclosure>
    </figure>
  );
}
