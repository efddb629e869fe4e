import type { Metadata } from 'next';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { AGENT_READ_EVERY_MS, isAgentSilent } from '#components/ledger/agent-silence.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Id } from '#components/ui/id.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Status } from '#components/ledger/status.tsx';
import { RevokeKey } from '#components/wallet/revoke-key.tsx';
import { portalFacts } from '#lib/auth/portal.ts';
import { getAgents } from '#lib/queries/agents.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { serverNow } from '../../../_page.ts';
import { holdsRole } from '../../../_roles.ts';
import { withAccount } from '../../../_session.ts';
import { RoleMissing } from '../_components/role-missing.tsx';
import { PairAgent } from './_components/pair-agent.tsx';
import { StartAgent } from './_components/start-agent.tsx';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage() {
  const session = await withAccount('/provider/agents');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Agents" />;
  const [agents, nowMs] = await Promise.all([getAgents(), serverNow()]);
  const start = <StartAgent portal={portalFacts().origin} label={session.account.name ?? 'Data room 1'} />;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`]} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title="Agents"
        lead="Programs at your site that describe, serve and meter what you share, each with a key of its own that you allow and can revoke."
      />
      <Section title="Start an agent">
        {agents.length === 0 ? (
          start
        ) : (
          <Disclosure summary="The command and a configuration for another agent">{start}</Disclosure>
        )}
      </Section>
      <Section title="Pair an agent">
        <PairAgent address={session.address} serverTimeMs={nowMs} />
      </Section>
      <Section title="Your agents">
        {agents.length === 0 ? (
          <EmptyState title="No agent is paired yet">
            Start one as the steps above say; it prints a pairing code. Type it in above and allow its key with one
            signature.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
            {agents.map((agent) => (
              <OwnAgent key={agent.address} agent={agent} address={session.address} nowMs={nowMs} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function OwnAgent({ agent, address, nowMs }: { agent: AgentDto; address: string; nowMs: number }) {
  const isSilent = isAgentSilent(agent.seenAtMs, nowMs);
  return (
    <li aria-label={visibleText(agent.label)} className="flex flex-wrap items-start justify-between gap-3 px-3 py-2.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">
            <Foreign text={agent.label} />
          </span>
          <Status status={isSilent ? 'stopped' : 'running'} word={isSilent ? 'not heard from' : 'heard from'} />
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
          <Id id={agent.address} what="agent key" />
          <span>{agent.key === null ? 'no key on the ledger' : `key ${agent.key} of your account`}</span>
          <span className="break-all">{agent.origin}</span>
          <span>
            <span>last heard </span>
            <LastHeard seenAtMs={agent.seenAtMs} nowMs={nowMs} />
          </span>
        </p>
        <p className="mt-0.5 text-xs text-muted">
          {`Sources: ${sourcesInWords(agent.sources) || 'none in its configuration'}`}
        </p>
      </div>
      {agent.key === null ? null : (
        <RevokeKey revokedKey={agent.key} label={agent.label} address={address}>
          The agent can sign nothing from then on: running orders cannot be delivered or claimed, and undelivered ones
          are refunded.
        </RevokeKey>
      )}
    </li>
  );
}
