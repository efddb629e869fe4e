import type { Metadata } from 'next';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { getAgents } from '#lib/queries/agents.ts';
import { getParameters } from '#lib/queries/network.ts';
import { serverNow } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { PublishWizard } from './_components/publish-wizard.tsx';

export const metadata: Metadata = { title: 'Publish a resource' };

export default async function PublishPage() {
  const session = await withAccount('/provider/publish');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Publish a resource" role="NRP" />;
  const [agents, parameters, nowMs] = await Promise.all([getAgents(), getParameters(), serverNow()]);
  const paired = agents.filter((agent) => agent.key !== null);
  return (
    <>
      <PageHeader
        title="Publish a resource"
        lead="The description is computed from what you share, the test really runs, and one signature publishes it."
      />
      {paired.length === 0 ? (
        <EmptyState title="Pair your agent first" action={{ label: 'Pair an agent', href: '/provider/agents' }}>
          The agent describes and serves what you share; without one there is nothing to publish.
        </EmptyState>
      ) : (
        <PublishWizard
          address={session.address}
          agents={paired}
          purposes={PURPOSES}
          fieldsOfBusiness={FIELDS_OF_BUSINESS}
          serverTimeMs={nowMs}
          testAgeMsMax={parameters.testAgeMsMax === undefined ? undefined : Number(parameters.testAgeMsMax)}
        />
      )}
    </>
  );
}
