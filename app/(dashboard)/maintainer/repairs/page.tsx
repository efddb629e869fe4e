import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { MONITORING_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { IncidentTable, RepairNode } from '#components/repair/incident-table.tsx';
import { OpenByHand, OpenProposed } from '#components/repair/open-incident.tsx';
import { causeInWords } from '#components/repair/words.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf } from '#components/ui/pager.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { getIncidents, getProposedIncidents, getRepairableNodes } from '#lib/queries/repairs.ts';
import type { ProposedIncidentDto } from '#lib/shared/repair.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Repairs' };

const PATH = '/maintainer/repairs';

function Proposed({ proposed, address, nowMs }: { proposed: ProposedIncidentDto; address: string; nowMs: number }) {
  const { alert, sentence, node, cause, detectedMs } = proposed;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-3 py-2">
      <div className="min-w-0 max-w-prose">
        <p className="font-medium">
          <Link href={`/maintainer/alerts/${alert}`} prefetch={false} className="prose-link">
            <ForeignSentence text={sentence} />
          </Link>
        </p>
        <p className="text-sm text-muted">
          <RepairNode node={node} base="/maintainer/nodes" />
          <Text>{`, ${causeInWords(cause).toLowerCase()}, since `}</Text>
          <Time timeMs={detectedMs} nowMs={nowMs} />
        </p>
      </div>
      <OpenProposed proposed={proposed} address={address} />
    </li>
  );
}

/** Faults of nodes: what the monitor proposes, what is being repaired, and what was. */
export default async function RepairsPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Repairs" role="NRNSM" />;
  const page = pageOf((await searchParams).page);
  const [incidents, proposed, nodes, nowMs] = await Promise.all([
    getIncidents({ page }),
    getProposedIncidents(),
    getRepairableNodes(),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['node:']} asOf={incidents.asOf.height} everyMs={MONITORING_READ_EVERY_MS} />
      <PageHeader
        title="Repairs"
        lead="Faults of nodes, from the moment they were seen to the moment the node was restored. Every step stands on the ledger."
      />
      <Section title="Proposed by the monitor">
        {proposed.length === 0 ? (
          <p className="text-sm text-muted">
            No node of the register has failed without an open incident. A proposal stands here while its alert lasts.
          </p>
        ) : (
          <ul
            aria-label="Proposed incidents"
            className="divide-y divide-separator rounded-md border border-border bg-surface"
          >
            {proposed.map((one) => (
              <Proposed key={one.alert} proposed={one} address={session.address} nowMs={nowMs} />
            ))}
          </ul>
        )}
      </Section>
      <Section title="Incidents">
        {incidents.items.length === 0 ? (
          <EmptyState title="There is no incident">
            An incident opens with a maintainer’s signature: from a proposal above, from an alert, or by hand below.
          </EmptyState>
        ) : (
          <>
            <IncidentTable
              caption="Incidents"
              incidents={incidents.items}
              hrefOf={(incident) => `${PATH}/${incident}`}
              nowMs={nowMs}
            />
            <Pager {...incidents} what="incident" hrefOf={(next) => hrefWith(PATH, {}, { page: String(next) })} />
          </>
        )}
      </Section>
      <Section title="By hand">
        <Disclosure summary="Open an incident that no alert proposes">
          <OpenByHand nodes={nodes} address={session.address} nowMs={nowMs} />
        </Disclosure>
      </Section>
    </>
  );
}
