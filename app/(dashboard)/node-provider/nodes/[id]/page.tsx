import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { HostCores } from '#components/allocation/host-cores.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Status } from '#components/ledger/status.tsx';
import { verdictsInWords, verdictsOf, type RuleVerdict } from '#components/nodes/access.ts';
import { AccessVerdicts } from '#components/nodes/access-verdicts.tsx';
import { FaultNote } from '#components/nodes/fault-note.tsx';
import { NodeDoings } from '#components/nodes/node-doings.tsx';
import { NodeChanges, RegisteredNodeFacts, ServedResources } from '#components/nodes/node-facts.tsx';
import { RefusedAdmission } from '#components/nodes/refused-admission.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { getHost } from '#lib/queries/allocation.ts';
import { getParameters } from '#lib/queries/network.ts';
import { getNodeFacts } from '#lib/queries/node-facts.ts';
import { getAccessRules, getNode } from '#lib/queries/nodes.ts';
import { getWatchedNodes } from '#lib/queries/watched-nodes.ts';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { nodeViewerOf } from '../../../../_node-viewer.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Node of the register' };

interface AdmissionProps {
  node: NetworkNodeDto;
  verdicts: readonly RuleVerdict[];
  nowMs: number;
}

/** What each rule says of a node that waits, and what became of its last try. */
function Admission({ node, verdicts, nowMs }: AdmissionProps) {
  return (
    <Section title="Admission" aside={verdictsInWords(verdicts)}>
      <div className="flex flex-col gap-3">
        <AccessVerdicts verdicts={verdicts} label="Rules for access" />
        <RefusedAdmission refused={node.refused} nowMs={nowMs} />
      </div>
    </Section>
  );
}

/** Portals are watched by their address. */
const watchedKeyOf = (node: { class: string; endpoint: string | null; address: string }): string =>
  node.class === 'common' && node.endpoint ? node.endpoint : node.address;

export default async function RegisteredNodePage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const session = await withAccount(`/node-provider/nodes/${id ?? ''}`);
  const page = id === undefined ? null : await getNode(id);
  if (page === null) notFound();
  const { node } = page;
  const isMaintainer = holdsRole(session, 'NRNSM');
  const [waiting, access, parameters, watched, host, nowMs] = await Promise.all([
    node.status === 'registered' ? getNodeFacts({ status: 'registered', node: node.id }) : [],
    getAccessRules(),
    getParameters(),
    isMaintainer ? getWatchedNodes({ text: watchedKeyOf(node) }) : null,
    getHost({ node: node.id }),
    serverNow(),
  ]);
  const [facts] = waiting;
  const verdicts = facts === undefined ? undefined : verdictsOf(access?.rules ?? [], facts, nowMs);
  const expected = verdicts && verdictsInWords(verdicts);
  const seen = watched?.items.find(({ kind, key }) => kind !== 'portal' || key === node.endpoint);
  const silenceMs = Number(parameters.silenceMs ?? 0);
  return (
    <>
      <LiveRefresh ids={[`node:${node.id}`]} asOf={page.asOf.height} />
      <PageHeader
        title={<Foreign text={node.name} />}
        meta={
          <>
            <Status status={node.status} />
            <span className="font-mono text-xs text-muted">{nodeLabel(node.id)}</span>
            <AsOfBlock asOf={page.asOf} />
            <Link href={`/node-provider/nodes/${node.id}/rating`} prefetch={false} className="prose-link">
              Its rating
            </Link>
            {seen === undefined ? null : (
              <Link href={`/maintainer/nodes/${seen.id}`} prefetch={false} className="prose-link">
                As the monitor sees it
              </Link>
            )}
          </>
        }
        actions={
          <NodeDoings
            node={node}
            viewer={nodeViewerOf(session)}
            nowMs={nowMs}
            silenceMs={silenceMs}
            {...(expected === undefined ? {} : { expected })}
            failsSinceMs={seen?.status === 'failed' ? seen.statusSinceMs : null}
          />
        }
      />
      <FaultNote node={node} nowMs={nowMs} silenceMs={silenceMs} />
      {verdicts === undefined ? null : <Admission node={node} verdicts={verdicts} nowMs={nowMs} />}
      <Section title="What the register says">
        <RegisteredNodeFacts node={node} />
      </Section>
      {node.class === 'consensus' ? null : (
        <>
          <HostCores host={host} viewer={{ account: session.account.id, address: session.address }} />
          <Section title="Changes of its status">
            <NodeChanges changes={page.changes} />
          </Section>
          <Section title="What it serves">
            <ServedResources resources={page.resources} />
          </Section>
        </>
      )}
    </>
  );
}
