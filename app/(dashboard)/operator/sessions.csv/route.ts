import { TERMINATE_CAUSES } from '#ledger/contracts/prose/terminate-cause.ts';
import { exportSessions } from '#lib/queries/prose.ts';
import type { ProximitySessionDto } from '#lib/shared/proximity.ts';
import { notFound } from '../../../api/_http/respond.ts';
import { limited } from '../../../api/_http/limited.ts';
import { cellTime, csvFile, type CsvColumn } from '../../../_csv.ts';

export const dynamic = 'force-dynamic';

const SECOND_MS = 1_000;

/** Whole seconds of the time that could be used, as RFC 2866 counts. */
function seconds({ sessionMs }: ProximitySessionDto): number {
  return Math.floor(sessionMs / SECOND_MS);
}

/** Names of RFC 2865 and 2866 where they have one; what they have none for stands behind, in our words. */
const COLUMNS: readonly CsvColumn<ProximitySessionDto>[] = [
  ['Acct-Session-Id', ({ agreement }) => agreement],
  ['User-Name', ({ userNode }) => `A-${userNode.id}`],
  ['NAS-Identifier', ({ resource }) => `R-${resource}`],
  ['Acct-Session-Time', seconds],
  ['Acct-Input-Octets', ({ inputBytes }) => inputBytes],
  ['Acct-Output-Octets', ({ outputBytes }) => outputBytes],
  ['Acct-Terminate-Cause', ({ terminateCause }) => terminateCause],
  ['Acct-Terminate-Cause (value)', ({ terminateCause }) => TERMINATE_CAUSES[terminateCause]],
  ['Event-Timestamp', ({ recordedAtMs }) => cellTime(new Date(recordedAtMs))],
  ['Service node', ({ serviceNode }) => `A-${serviceNode.id}`],
  ['Start', ({ startMs }) => cellTime(startMs === null ? null : new Date(startMs))],
  ['Kept (per mille)', ({ keptPerMille }) => keptPerMille],
  ['Disconnect', ({ isDisconnect }) => (isDisconnect ? 'yes' : 'no')],
  ['Score (1 to 5)', ({ evaluation }) => evaluation?.score ?? null],
  ['Round trip (ms)', ({ evaluation }) => evaluation?.roundTripMs ?? null],
  ['Jitter (ms)', ({ evaluation }) => evaluation?.jitterMs ?? null],
  ['Throughput (bytes per s)', ({ evaluation }) => evaluation?.bytesPerS ?? null],
  ['Lost (per mille)', ({ evaluation }) => evaluation?.lossPerMille ?? null],
  ['Round trip by the service node (ms)', ({ measured }) => measured?.roundTripMs ?? null],
  ['Jitter by the service node (ms)', ({ measured }) => measured?.jitterMs ?? null],
  ['Throughput by the service node (bytes per s)', ({ measured }) => measured?.bytesPerS ?? null],
  ['Sent again by the service node (per mille)', ({ measured }) => measured?.lossPerMille ?? null],
  ['Paid for (s)', ({ paidMs }) => Math.floor(paidMs / SECOND_MS)],
  ['Due by the tariff (micro-units)', ({ dueMicro }) => dueMicro],
];

/** Every session of the operator's service nodes, as RADIUS accounting names what it counts. */
export async function GET(): Promise<Response> {
  return limited('read', async () => {
    const sessions = await exportSessions();
    return sessions === null ? notFound() : csvFile('sessions.csv', COLUMNS, sessions);
  });
}
