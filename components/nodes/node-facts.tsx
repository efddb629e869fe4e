import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, resourceLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { StatusWord } from '#components/ledger/status.tsx';
import type { NetworkNodeDto, NodeChangeDto, NodePageDto } from '#lib/shared/dto.ts';
import { CLASS_WORDS, reasonInWords, whyInWords } from './words.ts';

function factsOf(node: NetworkNodeDto): Fact[] {
  return [
    { name: 'Class', value: <Text>{`${node.class}: ${CLASS_WORDS[node.class]}`}</Text> },
    { name: 'Operator', value: node.operator ? <AccountName account={node.operator} /> : 'named at genesis' },
    { name: 'Key', value: <Id id={node.address} what={`key of ${isolatedText(node.name)}`} /> },
    ...(node.software === null ? [] : [{ name: 'Version', value: <Text>{node.software}</Text> }]),
    ...(node.class === 'consensus'
      ? []
      : [
          {
            name: 'Reached at',
            value: (
              <span className="break-all">
                {node.endpoint === null ? 'named no address' : <Foreign text={node.endpoint} />}
              </span>
            ),
          },
        ]),
    {
      name: 'Credit',
      value:
        node.credit === null ? (
          'not evaluated yet'
        ) : (
          <Link href={`/node-provider/nodes/${node.id}/rating`} prefetch={false} className="prose-link">
            {`${formatCount(node.credit)} of 1,000`}
          </Link>
        ),
    },
    { name: 'Registered', value: <Time timeMs={node.registeredAtMs} /> },
    { name: 'Status since', value: <Time timeMs={node.changedAtMs} /> },
    ...(whyInWords(node) === '' ? [] : [{ name: 'Why', value: <Text>{whyInWords(node)}</Text> }]),
    { name: 'Failed admissions', value: formatCount(node.failedAttempts) },
    { name: 'Suspensions', value: formatCount(node.suspensions) },
    ...(node.class === 'consensus' ? [{ name: 'Conflicting votes', value: formatCount(node.equivocations) }] : []),
  ];
}

export function RegisteredNodeFacts({ node }: { node: NetworkNodeDto }) {
  return <Facts facts={factsOf(node)} />;
}

type Change = NodeChangeDto & { key: number };

const CHANGE_COLUMNS: readonly Column<Change>[] = [
  { key: 'at', header: 'When', isRowHeader: true, cell: ({ atMs }) => <Time timeMs={atMs} /> },
  { key: 'from', header: 'From', cell: ({ from }) => <Status status={from as StatusWord} /> },
  { key: 'to', header: 'To', cell: ({ to }) => <Status status={to as StatusWord} /> },
  { key: 'by', header: 'By', cell: ({ by }) => (by === null ? 'by itself' : <AccountName account={by} />) },
  {
    key: 'why',
    header: 'Why',
    cell: ({ reason, sinceMs }) => (
      <>
        <Text>{reasonInWords(reason)}</Text>
        {sinceMs === null ? null : (
          <span>
            <span> since </span>
            <Time timeMs={sinceMs} />
          </span>
        )}
      </>
    ),
  },
];

/** Every change of a node's status: who, why, when [8.2.2-b]. */
export function NodeChanges({ changes }: { changes: readonly NodeChangeDto[] }) {
  if (changes.length === 0) return <p className="text-sm text-muted">Its status has not changed yet.</p>;
  return (
    <Table
      caption="Changes of its status in the register, the newest first"
      columns={CHANGE_COLUMNS}
      rows={changes.map((change, key) => ({ ...change, key }))}
      rowKey={({ key }) => key}
    />
  );
}

type Served = NodePageDto['resources'][number];

const SERVED_COLUMNS: readonly Column<Served>[] = [
  {
    key: 'title',
    header: 'Resource',
    isRowHeader: true,
    cell: ({ id, title }) => (
      <>
        <Link href={`/catalogue/${id}`} prefetch={false} className="prose-link">
          <Foreign text={title} />
        </Link>{' '}
        <span className="font-mono text-xs text-muted">{resourceLabel(id)}</span>
      </>
    ),
  },
  { key: 'status', header: 'Status', cell: ({ status }) => <Status status={status as StatusWord} /> },
];

/** What a node's key serves. */
export function ServedResources({ resources }: { resources: readonly Served[] }) {
  if (resources.length === 0) return <p className="text-sm text-muted">Its key serves no resource.</p>;
  return <Table caption="Resources that it serves" columns={SERVED_COLUMNS} rows={resources} rowKey={({ id }) => id} />;
}
