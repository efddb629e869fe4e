import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, nodeLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { whyInWords } from './words.ts';

/** A node of the register by its name, to its page. */
export function RegisteredNode({ node }: { node: Pick<NetworkNodeDto, 'id' | 'name'> }) {
  return (
    <>
      <Link href={`/node-provider/nodes/${node.id}`} prefetch={false} className="prose-link font-medium">
        <Foreign text={node.name} />
      </Link>{' '}
      <span className="font-mono text-xs whitespace-nowrap text-muted">{nodeLabel(node.id)}</span>
    </>
  );
}

const COLUMNS: readonly Column<NetworkNodeDto>[] = [
  { key: 'node', header: 'Node', isRowHeader: true, cell: (node) => <RegisteredNode node={node} /> },
  { key: 'class', header: 'Class', cell: (node) => <Text>{node.class}</Text> },
  {
    key: 'operator',
    header: 'Operator',
    cell: (node) => (node.operator ? <AccountName account={node.operator} /> : 'named at genesis'),
  },
  { key: 'key', header: 'Key', cell: (node) => <Id id={node.address} what={`key of ${isolatedText(node.name)}`} /> },
  { key: 'version', header: 'Version', cell: (node) => <Text>{node.software ?? '—'}</Text> },
  {
    key: 'credit',
    header: 'Credit',
    align: 'end',
    cell: (node) =>
      node.credit === null ? (
        <span className="text-muted">not evaluated</span>
      ) : (
        <Link href={`/node-provider/nodes/${node.id}/rating`} prefetch={false} className="prose-link tabular-nums">
          {formatCount(node.credit)}
        </Link>
      ),
  },
  { key: 'status', header: 'Status', cell: (node) => <Status status={node.status} /> },
  { key: 'since', header: 'Since', cell: (node) => <Time timeMs={node.changedAtMs} /> },
  { key: 'why', header: 'Why', cell: (node) => (whyInWords(node) === '' ? null : <Text>{whyInWords(node)}</Text>) },
];

/** Nodes of the register: what they are, whose, how good, and why they are as they are. */
export function NodeRegister({ caption, nodes }: { caption: string; nodes: readonly NetworkNodeDto[] }) {
  return <Table caption={caption} columns={COLUMNS} rows={nodes} rowKey={({ id }) => id} />;
}
