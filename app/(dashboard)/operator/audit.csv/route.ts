import { exportAudit } from '#lib/queries/audit.ts';
import { AUDITED, auditedOf, type AuditEntryDto } from '#lib/shared/audit.ts';
import { notFound } from '../../../api/_http/respond.ts';
import { limited } from '../../../api/_http/limited.ts';
import { cellTime, csvFile, type CsvColumn } from '../../../_csv.ts';

export const dynamic = 'force-dynamic';

const COLUMNS: readonly CsvColumn<AuditEntryDto>[] = [
  ['Time', ({ timeMs }) => cellTime(new Date(timeMs))],
  ['Block', ({ height }) => height],
  ['Contract', ({ contract }) => contract],
  ['Event', ({ type }) => type],
  ['What and why', ({ sentence }) => sentence],
  ['By', ({ by, isByLedger }) => (isByLedger ? 'ledger' : by === null ? 'a party' : `A-${by.id}`)],
  ['Receipt', ({ logIndex, hasReceipt }) => (hasReceipt ? `/api/v1/receipts/${logIndex}` : null)],
];

/** Every recorded change of a status of one thing, for spreadsheets; who does not audit gets what a number that is none gets. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const of = auditedOf(new URL(request.url).searchParams.get('of')?.slice(0, 20) ?? '');
    const entries = of === undefined ? null : await exportAudit(of);
    if (of === undefined || entries === null) return notFound();
    return csvFile(`audit-${AUDITED[of.kind].letter}-${of.id}.csv`, COLUMNS, entries);
  });
}
