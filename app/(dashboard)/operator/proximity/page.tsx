import type { Metadata } from 'next';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { CsvLink } from '#components/monitoring/csv-link.tsx';
import { PoolMap } from '#components/proximity/pool-map.tsx';
import { PaymentTable, SessionTable } from '#components/proximity/session-table.tsx';
import { TariffForm } from '#components/proximity/tariff-form.tsx';
import { Figures } from '#components/ui/facts.tsx';
import { formatCount, formatDuration } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getProximityNetwork } from '#lib/queries/prose.ts';
import type { ProximityNetworkDto } from '#lib/shared/proximity.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Proximity network' };

export default async function ProximityNetworkPage() {
  const session = await withAccount('/operator/proximity');
  const [network, nowMs] = await Promise.all([getProximityNetwork(), serverNow()]);
  if (network === null) return <RoleMissing title="Proximity network" role="NO" />;
  const { candidates, tariff, epochMs, sessions, sessionCount, payments } = network;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`]} asOf={network.asOf.height} everyMs={10_000} />
      <PageHeader
        title="Proximity network"
        lead="Relays in the pool whose owners you identified: their load, their sessions, and what you pay them."
        meta={<AsOfBlock asOf={network.asOf} />}
      />
      <Figures figures={figuresOf(network)} />
      <Section title="Service nodes">
        {candidates.length === 0 ? (
          <EmptyState title="None is in the pool now" action={{ label: 'Identity queue', href: '/operator/identity' }}>
            A provider whom you have identified takes its relay into the pool on its page My service node.
          </EmptyState>
        ) : (
          <PoolMap candidates={candidates} />
        )}
      </Section>
      <Section title="Tariff">
        <TariffForm
          key={`${tariff?.microPerMinute ?? ''} ${tariff?.budgetMicro ?? ''}`}
          address={session.address}
          tariff={tariff}
          epoch={formatDuration(epochMs)}
        />
      </Section>
      <Section title="Payments">
        {payments.length === 0 ? (
          <EmptyState title="You have paid nothing yet">
            With a tariff in force, completed use is paid at the end of the epoch in which it was recorded.
          </EmptyState>
        ) : (
          <PaymentTable payments={payments} viewer="operator" nowMs={nowMs} />
        )}
      </Section>
      <Section title="Sessions" aside={sessionCount === 0 ? undefined : <CsvLink href="/operator/sessions.csv" />}>
        {sessions.length === 0 ? (
          <EmptyState title="No session yet">A session is recorded once its order is settled.</EmptyState>
        ) : (
          <>
            <SessionTable sessions={sessions} viewer="operator" nowMs={nowMs} />
            {sessionCount > sessions.length ? (
              <p className="mt-2 text-sm text-muted">
                {`The newest ${formatCount(sessions.length)} of ${formatCount(sessionCount)}; the file has all.`}
              </p>
            ) : null}
          </>
        )}
      </Section>
    </>
  );
}

function figuresOf({ candidates, sessionCount, paidMicro }: ProximityNetworkDto) {
  const all = candidates.reduce((sum, { connections }) => sum + connections, 0);
  const used = candidates.reduce((sum, { connections, free }) => sum + connections - free, 0);
  return [
    { name: 'Relays in the pool', value: formatCount(candidates.length) },
    { name: 'Connections taken', value: `${formatCount(used)} of ${formatCount(all)}` },
    { name: 'Sessions recorded', value: formatCount(sessionCount) },
    { name: 'Paid by the tariff', value: <Money amountMicro={paidMicro} /> },
  ];
}
