import Link from 'next/link';
import type { ReactNode } from 'react';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { isAgentSilent } from '#components/ledger/agent-silence.ts';
import { Status } from '#components/ledger/status.tsx';
import { suspensionOf } from '#components/ledger/suspension.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { AgentDto, ResourceSummary } from '#lib/shared/dto.ts';

export interface NextStepsProps {
  agents: readonly AgentDto[];
  suspended: readonly ResourceSummary[];
  hasResource: boolean;
  nowMs: number;
}

/** What waits for the provider: the step that is missing, or what keeps its resources from being used. */
export function NextSteps({ agents, suspended, hasResource, nowMs }: NextStepsProps) {
  if (agents.length === 0) {
    return (
      <Section title="What to do next">
        <EmptyState title="Pair your agent" action={{ label: 'Pair an agent', href: '/provider/agents' }}>
          The agent runs where your resource is. It describes, serves and meters it; without one nothing can be
          published.
        </EmptyState>
      </Section>
    );
  }
  const silent = agents.filter(({ key, seenAtMs }) => key !== null && isAgentSilent(seenAtMs, nowMs));
  if (silent.length > 0 || suspended.length > 0) {
    return (
      <Section title="What to do next">
        <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
          {silent.map((agent) => (
            <SilentAgent key={agent.address} agent={agent} nowMs={nowMs} />
          ))}
          {suspended.map((resource) => (
            <Suspended key={resource.id} resource={resource} />
          ))}
        </ul>
      </Section>
    );
  }
  if (hasResource) return null;
  return (
    <Section title="What to do next">
      <EmptyState
        title="Publish your first resource"
        action={{ label: 'Publish a resource', href: '/provider/publish' }}
      >
        Choose a source of your agent, let it run the test, state who may use it and at what price, and sign once.
      </EmptyState>
    </Section>
  );
}

function Task({
  href,
  name,
  status,
  children,
}: {
  href: string;
  name: string;
  status: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className="px-3 py-2.5">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link href={href} prefetch={false} className="prose-link font-medium">
          <Foreign text={name} />
        </Link>
        <span>{status}</span>
      </p>
      <p className="mt-0.5 text-sm">{children}</p>
    </li>
  );
}

function SilentAgent({ agent, nowMs }: { agent: AgentDto; nowMs: number }) {
  return (
    <Task href="/provider/agents" name={agent.label} status={<Status status="stopped" word="not heard from" />}>
      <Text>
        Start this agent again: nothing of it is delivered or served meanwhile, and customers are told so. Last
        heard:{' '}
      </Text>
      <LastHeard seenAtMs={agent.seenAtMs} nowMs={nowMs} />
    </Task>
  );
}

function Suspended({ resource }: { resource: ResourceSummary }) {
  return (
    <Task href="/provider/resources" name={resource.title} status={<Status status={resource.status} />}>
      {suspensionOf(resource)?.toOwner}
    </Task>
  );
}
