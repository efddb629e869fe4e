import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { durationInWords, formatCount } from '#components/ui/format.ts';
import { RegisteredNode } from '#components/nodes/node-register.tsx';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getNodes, getRetiredNodes } from '#lib/queries/nodes.ts';
import type { NodeDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { ProposeRemoval } from './_components/propose-removal.tsx';
import { ValidatorForm } from './_components/validator-form.tsx';

export const metadata: Metadata = { title: 'Validators' };

/** The contract's rule (VALIDATORS_MIN): with fewer, the ledger could not lose one and go on. */
const VALIDATORS_MIN = 4;

/** What comes next, by the status that waits for it. */
const NEXT: Partial<Record<NodeDto['status'], string>> = {
  waiting: 'enters from',
  returning: 'enters from',
  probation: 'may return from',
};

/** What a node's status waits for, where it waits. */
function changeOf(node: NodeDto): ReactNode {
  if (node.changesAtMs === null) return <Time timeMs={node.changedAtMs} />;
  return (
    <>
      <span>{NEXT[node.status] ?? 'leaves from'}</span> <Time timeMs={node.changesAtMs} /> <span>on</span>
    </>
  );
}

const COLUMNS: readonly Column<NodeDto>[] = [
  {
    key: 'name',
    header: 'Validator',
    isRowHeader: true,
    cell: (node) => <RegisteredNode node={node} />,
  },
  {
    key: 'operator',
    header: 'Operator',
    cell: (node) => (node.operator ? <AccountName account={node.operator} /> : 'named at genesis'),
  },
  { key: 'key', header: 'Key', cell: (node) => <Id id={node.publicKey} what={`key of ${isolatedText(node.name)}`} /> },
  { key: 'status', header: 'Status', cell: (node) => <Status status={node.status} /> },
  { key: 'since', header: 'Since', cell: changeOf },
  {
    key: 'equivocations',
    header: 'Conflicting votes',
    align: 'end',
    cell: (node) => formatCount(node.equivocations),
  },
];

export default async function ValidatorsPage({ searchParams }: PageInput) {
  const session = await withAccount('/node-provider/validators');
  if (!holdsRole(session, 'NRNSP')) notFound();
  const page = pageOf((await searchParams).page);
  const [nodes, retired, parameters] = await Promise.all([getNodes(), getRetiredNodes(page), getParameters()]);
  const canSpare = nodes.filter((node) => node.status === 'validating').length > VALIDATORS_MIN;
  // Who is out of the set by its credit is missed by nobody.
  const isRemovable = ({ status }: NodeDto) =>
    (status === 'validating' && canSpare) || status === 'suspended' || status === 'probation';
  const removal: Column<NodeDto> = {
    key: 'removal',
    header: 'Change',
    align: 'end',
    cell: (node) =>
      isRemovable(node) ? (
        <ProposeRemoval node={node.id} name={node.name} address={session.address} />
      ) : (
        <span>{node.status === 'validating' ? 'cannot be spared' : 'decided'}</span>
      ),
  };
  return (
    <>
      <LiveRefresh ids={['node:', 'proposal:']} asOf={retired.asOf.height} />
      <PageHeader
        title="Validators"
        lead="The nodes that decide blocks, each with one vote. Two thirds of the node providers admit and remove them."
        meta={<AsOfBlock asOf={retired.asOf} />}
      />
      <Section
        title="In the network"
        aside={`at most one change in ${durationInWords(Number(parameters.epochMs ?? 0))}, in force two blocks later`}
      >
        <Table
          caption="Validators, those that wait to enter, those that are leaving, and those that their credit keeps out"
          columns={nodes.some(isRemovable) ? [...COLUMNS, removal] : COLUMNS}
          rows={nodes}
          rowKey={(node) => node.id}
        />
        {canSpare ? null : (
          <div className="mt-2">
            <Note kind="info">
              None can be removed now: with fewer than four validators the ledger could not lose one and go on. Admit
              another one first.
            </Note>
          </div>
        )}
      </Section>
      <Section title="Propose a validator">
        <ValidatorForm address={session.address} />
      </Section>
      {retired.total > 0 ? (
        <Section title="Retired">
          <Table
            caption="Nodes that left the network, the latest first"
            columns={COLUMNS}
            rows={retired.items}
            rowKey={(node) => node.id}
          />
          <Pager {...retired} what="node" hrefOf={(target) => `/node-provider/validators?page=${target}`} />
        </Section>
      ) : null}
    </>
  );
}
