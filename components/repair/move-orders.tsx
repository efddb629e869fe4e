import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import { nodeLabel, resourceLabel } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { ReportNode } from '#components/nodes/act-on-node.tsx';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import type { OrderMovesDto } from '#lib/shared/repair.ts';
import { movesInWords, runningInWords } from './order-moves.ts';

type Move = OrderMovesDto['moves'][number] & { key: number };

const COLUMNS: readonly Column<Move>[] = [
  {
    key: 'from',
    header: 'From',
    isRowHeader: true,
    cell: ({ resource, title }) => <Resource resource={resource} title={title} />,
  },
  { key: 'orders', header: 'Orders', align: 'end', cell: ({ orders }) => orders },
  {
    key: 'to',
    header: 'To',
    cell: ({ to, hadBackup }) =>
      to === null ? (
        <Text>{hadBackup ? 'ended, refunded: the backup had no room' : 'ended, refunded: no backup'}</Text>
      ) : (
        <span>
          <Resource resource={to.resource} title={to.title} />
          {to.node === null ? null : (
            <span>
              <span>, at </span>
              <Foreign text={to.node.name} />
              <Text>{` (${nodeLabel(to.node.id)})`}</Text>
            </span>
          )}
        </span>
      ),
  },
];

function Resource({ resource, title }: { resource: number; title: string }) {
  return (
    <Link href={`/catalogue/${resource}`} prefetch={false} className="prose-link">
      <Foreign text={title} />
      <Text>{` (${resourceLabel(resource)})`}</Text>
    </Link>
  );
}

export interface MoveOrdersProps {
  moves: OrderMovesDto;
  node: NetworkNodeDto;
  /** Who would sign the report. */
  address: string;
  failsSinceMs: number;
  nowMs: number;
  /** How long a reported node's key may stay silent before its orders fail. */
  silenceMs: number;
}

/** Whether it can be reported, or stands reported, and when its orders move. */
function Report({ node, address, failsSinceMs, nowMs, silenceMs }: Omit<MoveOrdersProps, 'moves'>) {
  const { id, name, status, fault, registeredAtMs } = node;
  if (status === 'probation' || status === 'active')
    return (
      <ReportNode
        node={id}
        name={name}
        address={address}
        isService
        failsSinceMs={failsSinceMs}
        nowMs={nowMs}
        registeredAtMs={registeredAtMs}
        silenceMs={silenceMs}
      />
    );
  if (fault === null)
    return (
      <p className="text-sm">
        <Text>{status === 'retired' ? 'It is out of the register.' : 'It was not admitted: it is not reported.'}</Text>
      </p>
    );
  const movesAtMs = fault.reportedAtMs + silenceMs;
  return (
    <p className="text-sm">
      <span>It stands reported since </span>
      <Time timeMs={fault.reportedAtMs} nowMs={nowMs} />
      {fault.heardAtMs !== null ? (
        <span>
          <span>. Its key has signed again on </span>
          <Time timeMs={fault.heardAtMs} nowMs={nowMs} />
          <span>: orders that run go on.</span>
        </span>
      ) : (
        <span>
          <Text>{movesAtMs > nowMs ? '. Its orders move on ' : '. Its orders moved from '}</Text>
          <Time timeMs={movesAtMs} nowMs={nowMs} />
          <Text>{movesAtMs > nowMs ? ', unless its key signs before.' : ' on.'}</Text>
        </span>
      )}
    </p>
  );
}

/** What moved where; nothing while nothing did. */
export function MovedOrders({ moves }: Pick<OrderMovesDto, 'moves'>) {
  if (moves.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">
        <Text>{movesInWords({ moves })}</Text>
      </p>
      <Table
        caption="What moved where"
        columns={COLUMNS}
        rows={moves.map((move, key) => ({ ...move, key }))}
        rowKey={({ key }) => key}
      />
    </div>
  );
}

/** Which orders have a backup, the report that lets them move, and what moved where once it did. */
export function MoveOrders({ moves, ...report }: MoveOrdersProps) {
  return (
    <div className="flex w-full flex-col gap-2">
      <p className="text-sm">
        <Text>{runningInWords(moves)}</Text>
      </p>
      <Report {...report} />
      <MovedOrders moves={moves.moves} />
    </div>
  );
}
