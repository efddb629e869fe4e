import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { proposalLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getNodeFacts } from '#lib/queries/node-facts.ts';
import { getAccessRules } from '#lib/queries/nodes.ts';
import { serverNow } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { AccessForm } from './_components/access-form.tsx';

export const metadata: Metadata = { title: 'Access strategy' };

export default async function AccessPage() {
  const session = await withAccount('/node-provider/access');
  const [access, nodes, nowMs] = await Promise.all([getAccessRules(), getNodeFacts(), serverNow()]);
  if (access === null) notFound();
  const { rules, proposal } = access;
  return (
    <>
      <LiveRefresh ids={['proposal:', 'node:']} />
      <PageHeader
        title="Access strategy"
        lead="The rules that a node must meet to be admitted. The node providers decide them by vote; the contract holds them against every node that asks."
      />
      <Section
        title="In force"
        aside={
          proposal === null ? (
            'as the network began'
          ) : (
            <Link href="/node-provider" prefetch={false} className="prose-link">
              {`decided by ${proposalLabel(proposal)}`}
            </Link>
          )
        }
      >
        {rules.length === 0 ? (
          <EmptyState title="No rule is in force">A node provider can admit any node that registers.</EmptyState>
        ) : (
          <ol
            aria-label="Rules for access"
            className="divide-y divide-separator rounded-md border border-border bg-surface"
          >
            {rules.map(({ rule, sentence }, index) => (
              <li key={index} className="px-3 py-2">
                <p>
                  <ForeignSentence text={sentence} />
                </p>
                <p className="font-mono text-xs break-words text-muted">{rule}</p>
              </li>
            ))}
          </ol>
        )}
      </Section>
      {holdsRole(session, 'NRNSP') ? (
        <Section title="Propose other rules">
          <AccessForm
            key={JSON.stringify(rules)}
            address={session.address}
            inForce={rules}
            nodes={nodes}
            nowMs={nowMs}
          />
        </Section>
      ) : null}
    </>
  );
}
