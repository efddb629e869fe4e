import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { parameterInWords } from '#components/ledger/parameter-words.ts';
import { CreditHistory, CreditParts } from '#components/nodes/credit-view.tsx';
import { EligibilityList } from '#components/nodes/eligibility-list.tsx';
import { eligibilityOf, simulationOf } from '#components/nodes/simulation.ts';
import { PermissionChanges } from '#components/nodes/permission-changes.tsx';
import { thresholdsOf, type ParameterValues } from '#components/nodes/weights.ts';
import { Figures } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, nodeLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { Time } from '#components/ui/time.tsx';
import { getAccountCredit, getNodeCredit } from '#lib/queries/credit.ts';
import { getParameters } from '#lib/queries/network.ts';
import { getNode } from '#lib/queries/nodes.ts';
import type { NodePageDto } from '#lib/shared/dto.ts';
import { serverNow, type PageInput } from '../../../../../_page.ts';
import { withAccount } from '../../../../../_session.ts';
import { Simulator } from './_components/simulator.tsx';

export const metadata: Metadata = { title: 'Rating of a node' };

interface NowSectionProps {
  page: NodePageDto;
  parameters: ParameterValues;
  /** What publishing and several orders are decided by; null where nobody’s account answers for the node. */
  operatorCredit: number | null;
}

function NowSection({ page, parameters, operatorCredit }: NowSectionProps) {
  const last = page.credits[0];
  const { node } = page;
  if (last === undefined || node.credit === null)
    return (
      <EmptyState title="It has not been evaluated yet">
        Credit is evaluated once an epoch, of what maintainers recorded of the epoch before.
      </EmptyState>
    );
  const isValidator = node.class === 'consensus';
  return (
    <div className="flex flex-col gap-4">
      <Figures
        figures={[
          { name: 'Credit', value: `${formatCount(node.credit)} of 1,000` },
          ...(operatorCredit === null
            ? []
            : [{ name: 'Credit of its operator', value: `${formatCount(operatorCredit)} of 1,000` }]),
          { name: 'Changed in epoch', value: String(last.epoch), note: <Time timeMs={last.atMs} /> },
        ]}
      />
      <CreditParts change={last} parameters={parameters} />
      <EligibilityList
        list={eligibilityOf(BigInt(node.credit), {
          thresholds: thresholdsOf(parameters),
          isValidator,
          operatorCredit: operatorCredit === null ? null : BigInt(operatorCredit),
        })}
        label="What this credit permits"
      />
    </div>
  );
}

export default async function RatingPage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  await withAccount(`/node-provider/nodes/${id ?? ''}/rating`);
  const page = id === undefined ? null : await getNode(id);
  if (page === null) notFound();
  const { node, credits, asOf } = page;
  const [operator, parameters, credit, nowMs] = await Promise.all([
    node.operator === null ? null : getAccountCredit(node.operator.id),
    getParameters(),
    getNodeCredit(node.id),
    serverNow(),
  ]);
  const causes = new Map(credit?.changes.map(({ epoch, cause }) => [epoch, cause]));
  return (
    <>
      <LiveRefresh ids={[`node:${node.id}`]} asOf={asOf.height} />
      <PageHeader
        title={
          <>
            <span>Rating of </span>
            <Foreign text={node.name} />
          </>
        }
        lead={`How good the node is, from 0 to 1,000: what maintainers measured of it and what the ledger knows of its operator, evaluated once in ${parameterInWords('creditEpochMs', parameters.creditEpochMs ?? '0')}.`}
        meta={
          <>
            <Link href={`/node-provider/nodes/${node.id}`} prefetch={false} className="prose-link font-mono text-xs">
              {nodeLabel(node.id)}
            </Link>
            <AsOfBlock asOf={asOf} />
          </>
        }
      />
      <Section
        title="Now"
        aside={
          <Link href="/node-provider/rating" prefetch={false} className="prose-link">
            The weights
          </Link>
        }
      >
        <NowSection page={page} parameters={parameters} operatorCredit={operator?.credit ?? null} />
      </Section>
      {credits.length === 0 ? null : (
        <Section title="Over time">
          <CreditHistory credits={credits} causes={causes} nowMs={nowMs} />
        </Section>
      )}
      <Section title="What credit gave and took" aside="of the node, and of its operator">
        <PermissionChanges
          changes={[...(credit?.permissions ?? []), ...(operator?.changes ?? [])].toSorted((a, b) => b.atMs - a.atMs)}
        />
      </Section>
      <Section title="What would make it eligible" aside="nothing is signed here">
        <Simulator
          start={simulationOf(credit?.facts ?? undefined, parameters.creditActivityFull ?? '1')}
          parameters={parameters}
          isValidator={node.class === 'consensus'}
          hasOperator={node.operator !== null}
        />
      </Section>
    </>
  );
}
