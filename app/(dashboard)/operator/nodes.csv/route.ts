import { exportNodes } from '#lib/queries/monitoring-export.ts';
import type { ExportedNode } from '#lib/shared/monitoring-views.ts';
import { notFound } from '../../../api/_http/respond.ts';
import { limited } from '../../../api/_http/limited.ts';
import { cellTime, csvFile, type CsvColumn } from '../../../_csv.ts';

export const dynamic = 'force-dynamic';

const COLUMNS: readonly CsvColumn<ExportedNode>[] = [
  ['Node', ({ id }) => id],
  ['Kind', ({ kind }) => kind],
  ['Key', ({ key }) => key],
  ['Name', ({ name }) => name],
  ['Account', ({ account }) => account],
  ['Status', ({ status }) => status],
  ['Since', ({ since }) => cellTime(since)],
  ['Why', ({ sentence }) => sentence],
  ['Last heard', ({ heardAt }) => cellTime(heardAt)],
  ['Version', ({ version }) => version],
  ['Height', ({ height }) => height],
  ['Blocks behind', ({ lag }) => lag],
  ['Processor (per mille of a core)', ({ cpuPermille }) => cpuPermille],
  ['Memory (MiB)', ({ memoryMib }) => memoryMib],
  ['Disk left (MiB)', ({ diskFreeMib }) => diskFreeMib],
  ['Event loop late by (ms)', ({ loopDelayMs }) => loopDelayMs],
  ['Clock away (ms)', ({ clockSeenMs }) => clockSeenMs],
  ['Orders', ({ orders }) => orders],
  ['Round trip (ms)', ({ roundTripMs }) => roundTripMs],
  ['Calls lost (per mille)', ({ lossPermille }) => lossPermille],
  ['Open alerts', ({ openAlerts }) => openAlerts],
];

/** Every watched node, for spreadsheets. */
export async function GET(): Promise<Response> {
  return limited('read', async () => {
    const nodes = await exportNodes();
    return nodes === null ? notFound() : csvFile('nodes.csv', COLUMNS, nodes);
  });
}
