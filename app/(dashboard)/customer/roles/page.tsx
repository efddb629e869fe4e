import type { Metadata } from 'next';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { ProposalList } from '#components/ledger/proposal-list.tsx';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Status } from '#components/ledger/status.tsx';
import { getProposals } from '#lib/queries/proposals.ts';
import type { ProposalDto } from '#lib/shared/dto.ts';
import { serverNow } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';
import { RoleRequestForm } from './_components/role-request-form.tsx';

export const metadata: Metadata = { title: 'Roles' };

/** The role that a request asks for; undefined for every other proposal. */
function requestedRole({ method, args }: ProposalDto): string | undefined {
  return method === 'RequestRole' ? args.find(({ name }) => name === 'role')?.value : undefined;
}

export default async function RolesPage() {
  const session = await withAccount('/customer/roles');
  const [proposals, nowMs] = await Promise.all([getProposals(1), serverNow()]);
  const { account } = session;
  const own = proposals.items.filter(
    (proposal) => requestedRole(proposal) !== undefined && proposal.by.id === account.id,
  );
  const open = new Set(own.filter((proposal) => proposal.status === 'open').map(requestedRole));
  const [first, ...others] = REQUESTABLE_ROLES.filter((role) => !account.roles.includes(role) && !open.has(role));
  return (
    <>
      <LiveRefresh ids={['proposal:', `account:${account.id}`]} asOf={proposals.asOf.height} />
      <PageHeader
        title="Roles"
        lead="Your account’s authority follows from its roles. The node providers decide requests by vote: two thirds of them must approve."
      />
      <Section title="Roles you hold">
        <ul className="flex flex-wrap gap-2">
          {account.roles.map((role) => (
            <li key={role}>
              <Status status="active" word={roleName(role)} />
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Request a role">
        {first ? (
          <RoleRequestForm address={session.address} requestable={[first, ...others]} />
        ) : (
          <EmptyState title="Nothing left to request">You hold every role, or have asked for it.</EmptyState>
        )}
      </Section>
      <Section title="Your requests">
        {own.length === 0 ? (
          <EmptyState title="You have not requested a role">
            Customers need no request; providers do, before they can publish.
          </EmptyState>
        ) : (
          <ProposalList proposals={own} nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}
