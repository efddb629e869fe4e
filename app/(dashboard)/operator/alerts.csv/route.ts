import { exportAlerts } from '#lib/queries/monitoring-export.ts';
import type { ExportedAlert } from '#lib/shared/monitoring-views.ts';
import { notFound } from '../../../api/_http/respond.ts';
import { limited } from '../../../api/_http/limited.ts';
import { cellTime, csvFile, type CsvColumn } from '../../../_csv.ts';

export const dynamic = 'force-dynamic';

const COLUMNS: readonly CsvColumn<ExportedAlert>[] = [
  ['Alert', ({ id }) => id],
  ['Node', ({ node }) => node],
  ['Kind', ({ kind }) => kind],
  ['Key', ({ key }) => key],
  ['Name', ({ name }) => name],
  ['Rule', ({ rule }) => rule],
  ['Severity', ({ severity }) => severity],
  ['State', ({ state }) => state],
  ['Concerns', ({ scope }) => (scope === 'one' ? 'this node' : 'half of its kind or more')],
  ['Value', ({ value }) => value],
  ['Times', ({ times }) => times],
  ['Comes and goes', ({ isFlapping }) => (isFlapping ? 'yes' : 'no')],
  ['Fired', ({ firedAt }) => cellTime(firedAt)],
  ['Acknowledged', ({ acknowledgedAt }) => cellTime(acknowledgedAt)],
  ['Acknowledged by account', ({ acknowledgedBy }) => acknowledgedBy],
  ['Note', ({ note }) => note],
  ['Over', ({ resolvedAt }) => cellTime(resolvedAt)],
  ['Sentence', ({ sentence }) => sentence],
];

/** Every alert there ever was, for spreadsheets. */
export async function GET(): Promise<Response> {
  return limited('read', async () => {
    const alerts = await exportAlerts();
    return alerts === null ? notFound() : csvFile('alerts.csv', COLUMNS, alerts);
  });
}
