import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { MONITORING_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { IncidentActions } from '#components/repair/incident-actions.tsx';
import { IncidentChip } from '#components/repair/incident-chip.tsx';
import { RepairNode } from '#components/repair/incident-table.tsx';
import { IncidentView } from '#components/repair/incident-view.tsx';
import { MovedOrders } from '#components/repair/move-orders.tsx';
import { SupportThread } from '#components/repair/support-thread.tsx';
import { causeInWords, incidentLabel } from '#components/repair/words.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { Text } from '#components/ui/text.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getNode } from '#lib/queries/nodes.ts';
import { getOrderMoves } from '#lib/queries/order-moves.ts';
import { getIncident, getSupportMessages } from '#lib/queries/repairs.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { sendMessage } from '../../../../_repairs.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Incident' };

export default async function RepairPage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const session = await withAccount(`/maintainer/repairs/${id ?? ''}`);
  if (id === undefined || !holdsRole(session, 'NRNSM')) notFound();
  const [incident, messages, nowMs] = await Promise.all([getIncident(id), getSupportMessages(id), serverNow()]);
  if (incident === null || messages === null) notFound();
  const [moves, registered, parameters] = await Promise.all([
    getOrderMoves(id),
    getNode(incident.node.id),
    getParameters(),
  ]);
  const { detectedMs: failsSinceMs, closedAtMs } = incident;
  const silenceMs = Number(parameters.silenceMs ?? 0);
  const orders =
    moves === null || registered === null ? null : { moves, node: registered.node, failsSinceMs, silenceMs };
  const base = '/maintainer/nodes';
  return (
    <>
      <LiveRefresh ids={[`node:${incident.node.id}`]} everyMs={MONITORING_READ_EVERY_MS} />
      <PageHeader
        title={`Incident ${incidentLabel(id)}`}
        lead={
          <>
            <Text>{`${causeInWords(incident.cause)}: `}</Text>
            <RepairNode node={incident.node} base={base} />
          </>
        }
        meta={<IncidentChip incident={incident} />}
      />
      <IncidentView incident={incident} base={base} nowMs={nowMs}>
        <IncidentActions incident={incident} orders={orders} address={session.address} nowMs={nowMs} />
        {closedAtMs !== null && moves !== null && moves.moves.length > 0 ? (
          <Section title="What became of its orders">
            <MovedOrders moves={moves.moves} />
          </Section>
        ) : null}
      </IncidentView>
      {incident.operator === 0 ? null : (
        <SupportThread incident={id} messages={messages} isOpen={incident.closedAtMs === null} send={sendMessage} />
      )}
    </>
  );
}
