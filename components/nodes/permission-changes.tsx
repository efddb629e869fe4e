import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import {
  PERMISSION_CAUSES,
  PERMISSIONS,
  type Permission,
  type PermissionCause,
} from '#ledger/contracts/credit/definition.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

/** One change of what a credit permits. `node` null: it is about the account. */
export interface PermissionChange {
  readonly account: AccountRef | null;
  readonly node: number | null;
  readonly permission: Permission;
  readonly to: boolean;
  readonly credit: number;
  readonly threshold: number;
  readonly cause: PermissionCause;
  readonly atMs: number;
}

type Row = PermissionChange & { key: number };

const COLUMNS: readonly Column<Row>[] = [
  { key: 'at', header: 'When', isRowHeader: true, cell: ({ atMs }) => <Time timeMs={atMs} /> },
  {
    key: 'who',
    header: 'Who',
    cell: ({ node, account }) =>
      node === null ? (
        account && <AccountName account={account} />
      ) : (
        <Link href={`/node-provider/nodes/${node}`} prefetch={false} className="prose-link font-mono text-xs">
          {nodeLabel(node)}
        </Link>
      ),
  },
  {
    key: 'what',
    header: 'What',
    cell: ({ to, permission }) => <Text>{`${to ? 'may' : 'may no longer'} ${PERMISSIONS[permission]}`}</Text>,
  },
  { key: 'credit', header: 'Credit', align: 'end', cell: ({ credit }) => <Text>{credit}</Text> },
  { key: 'threshold', header: 'Threshold', align: 'end', cell: ({ threshold }) => <Text>{threshold}</Text> },
  { key: 'why', header: 'Why', cell: ({ cause }) => <Text>{PERMISSION_CAUSES[cause]}</Text> },
];

/** What credit gave and took, the newest first, with the credit and the threshold of that moment. */
export function PermissionChanges({ changes }: { changes: readonly PermissionChange[] }) {
  if (changes.length === 0) return <p className="text-sm text-muted">No credit has taken or given a permission yet.</p>;
  return (
    <Table
      caption="Changes of what credit permits, the newest first"
      columns={COLUMNS}
      rows={changes.map((change, key) => ({ ...change, key }))}
      rowKey={({ key }) => key}
    />
  );
}
