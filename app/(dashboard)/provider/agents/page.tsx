import type { Metadata } from 'next';
import Link from 'next/link';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { AGENT_READ_EVERY_MS, isAgentSilent } from '#components/ledger/agent-silence.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Status } from '#components/ledger/status.tsx';
import { NodeStatusChip } from '#components/monitoring/chips.tsx';
import { OwnIncidents } from '#components/repair/own-incidents.tsx';
import { RevokeKey } from '#components/wallet/revoke-key.tsx';
import { portalFacts } from '#lib/auth/portal.ts';
import { getAgents, getBrokenPairings } from '#lib/queries/agents.ts';
import { getNodeOfKey } from '#lib/queries/nodes.ts';
import { getOwnAgentStates } from '#lib/queries/monitoring-census.ts';
import { getIncidents } from '#lib/queries/repairs.ts';
import type { AgentDto, NetworkNodeDto } from '#lib/shared/dto.ts';
import type { AgentStateDto } from '#lib/shared/monitoring-views.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { serverNow } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { PairAgent } from './_components/pair-agent.tsx';
import { StartAgent } from './_components/start-agent.tsx';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage() {
  const session = await withAccount('/provider/agents');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Agents" role="NRP" />;
  const [agents, broken, states, incidents, nowMs] = await Promise.all([
    getAgents(),
    getBrokenPairings(),
    getOwnAgentStates(),
    getIncidents({ isOwn: true }),
    serverNow(),
  ]);
  const nodes = await Promise.all(agents.map(({ address }) => getNodeOfKey(address)));
  const stateOf = new Map(states.map((state) => [state.address, state]));
  const start = <StartAgent portal={portalFacts().origin} label={session.account.name ?? 'Data room 1'} />;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`]} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title="Agents"
        lead="Programs at your site that describe, serve and meter what you share, each with a key of its own that you allow and can revoke."
      />
      <OwnIncidents incidents={incidents.items} nowMs={nowMs} />
      <Section title="Start an agent">
        {agents.length === 0 ? (
          start
        ) : (
          <Disclosure summary="The command and a configuration for another agent">{start}</Disclosure>
        )}
      </Section>
      <Section title="Pair an agent">
        <PairAgent address={session.address} serverTimeMs={nowMs} broken={broken} />
      </Section>
      <Section title="Your agents">
        {agents.length === 0 ? (
          <EmptyState title="No agent is paired yet">
            Start one as the steps above say; it prints a pairing code. Type it in above and allow its key with one
            signature.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
            {agents.map((agent, place) => (
              <OwnAgent
                key={agent.address}
                agent={agent}
                node={nodes[place] ?? null}
                state={stateOf.get(agent.address)}
                address={session.address}
                nowMs={nowMs}
              />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

interface OwnAgentProps {
  agent: AgentDto;
  /** What the monitor found; undefined before the agent's first heartbeat. */
  state: AgentStateDto | undefined;
  /** Its node in the register; null before it registered. */
  node: NetworkNodeDto | null;
  address: string;
  nowMs: number;
}

function OwnAgent({ agent, state, node, address, nowMs }: OwnAgentProps) {
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
        {state === undefined ? null : (
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm">
            <span>As the network’s monitor sees it:</span>
            <NodeStatusChip status={state.status} />
            <Link href={`/provider/agents/${state.id}`} prefetch={false} className="prose-link">
              How it is
            </Link>
          </p>
        )}
        {node === null ? null : (
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm">
            <span>In the register of nodes:</span>
            <Link href={`/node-provider/nodes/${node.id}`} prefetch={false} className="prose-link">
              {nodeLabel(node.id)}
            </Link>
            <Status status={node.status} />
            <Link href={`/node-provider/nodes/${node.id}/rating`} prefetch={false} className="prose-link">
              Its rating
            </Link>
          </p>
        )}
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
