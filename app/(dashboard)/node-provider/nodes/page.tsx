import type { Metadata } from 'next';
import Link from 'next/link';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { AdmissionQueue } from '#components/nodes/admission-queue.tsx';
import { NodeRegister } from '#components/nodes/node-register.tsx';
import { RegisterFilters } from '#components/nodes/register-filters.tsx';
import { registerFilterOf } from '#components/nodes/words.ts';
import { countOf } from '#components/ui/count.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getNodeFacts } from '#lib/queries/node-facts.ts';
import { getAccessRules, getRegister } from '#lib/queries/nodes.ts';
import { nodeViewerOf } from '../../../_node-viewer.ts';
import { serverNow, type PageInput } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Nodes and classes' };

const PATH = '/node-provider/nodes';
/** Of those that wait for their admission, the oldest: each brings every rule with it. */
const QUEUE_SHOWN = 20;

export default async function NodesPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  const query = await searchParams;
  const shown = { kind: textOf(query.kind, 16), status: textOf(query.status, 16), text: textOf(query.text, 64) };
  const filter = { ...registerFilterOf(shown), ...(shown.text === undefined ? {} : { text: shown.text }) };
  const [register, waiting, allWaiting, access, parameters, nowMs] = await Promise.all([
    getRegister({ ...filter, page: pageOf(query.page) }),
    getNodeFacts({ status: 'registered', take: QUEUE_SHOWN }),
    getRegister({ status: 'registered' }),
    getAccessRules(),
    getParameters(),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['node:', 'proposal:']} asOf={register.asOf.height} />
      <PageHeader
        title="Nodes and classes"
        lead="Every node of the network: consensus nodes validate blocks, common nodes are portals and members that read, service nodes are agents. The rules for access decide who is admitted."
        meta={<AsOfBlock asOf={register.asOf} />}
      />
      <Section
        title="Admission queue"
        aside={
          <Link href="/node-provider/access" prefetch={false} className="prose-link">
            The rules for access
          </Link>
        }
      >
        {waiting.length === 0 ? (
          <EmptyState title="No node waits for its admission">
            An agent or a portal registers by itself with its own key, and stands here until a node provider admits it.
          </EmptyState>
        ) : (
          <AdmissionQueue
            waiting={waiting}
            rules={access?.rules ?? []}
            viewer={nodeViewerOf(session)}
            nowMs={nowMs}
            silenceMs={Number(parameters.silenceMs ?? 0)}
          />
        )}
        {allWaiting.total > waiting.length ? (
          <p className="mt-2 text-sm">
            <span>{`These are the oldest ${waiting.length}. `}</span>
            <Link href={hrefWith(PATH, {}, { status: 'registered' })} prefetch={false} className="prose-link">
              {`All ${countOf(allWaiting.total, 'node')} that wait`}
            </Link>
            <span> stand in the register, each with its own page.</span>
          </p>
        ) : null}
      </Section>
      <Section title="Register">
        <RegisterFilters path={PATH} filter={shown} />
        {register.items.length === 0 ? (
          <EmptyState title="No node is like this" action={{ label: 'Show every node', href: PATH }}>
            Choose another class or status, or a shorter part of the name.
          </EmptyState>
        ) : (
          <NodeRegister caption="Nodes of the register" nodes={register.items} />
        )}
        <Pager {...register} what="node" hrefOf={(target) => hrefWith(PATH, shown, { page: String(target) })} />
      </Section>
    </>
  );
}
