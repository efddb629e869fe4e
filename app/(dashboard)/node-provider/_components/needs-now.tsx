import Link from 'next/link';
import { countOf } from '#components/ui/count.ts';
import { EmptyState } from '#components/ui/note.tsx';

export interface NeedsNowProps {
  /** Nodes that wait for their admission. */
  waiting: number;
  /** Suspended nodes whose key has signed again. */
  restorable: number;
  /** Open proposals of this page without the viewer’s vote. */
  votes: number;
  /** Brokers’ requests to hand on. */
  notices: number;
}

const verb = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** What waits for a node provider, each with the place where it is done. */
export function NeedsNow({ waiting, restorable, votes, notices }: NeedsNowProps) {
  const tasks = [
    {
      count: waiting,
      words: `${countOf(waiting, 'node')} ${verb(waiting, 'awaits', 'await')} admission`,
      href: '/node-provider/nodes',
    },
    {
      count: restorable,
      words: `${countOf(restorable, 'suspended node')} ${verb(restorable, 'is', 'are')} heard again and can be restored`,
      href: '/node-provider/nodes?status=suspended',
    },
    {
      count: votes,
      words: `${countOf(votes, 'proposal')} ${verb(votes, 'awaits', 'await')} your vote`,
      href: '#votes',
    },
    {
      count: notices,
      words: `${countOf(notices, 'request')} ${verb(notices, 'waits', 'wait')} to be handed on`,
      href: '#requests',
    },
  ].filter(({ count }) => count > 0);
  if (tasks.length === 0)
    return <EmptyState title="Nothing needs you">New nodes, votes and requests appear here by themselves.</EmptyState>;
  return (
    <ul
      aria-label="What needs you now"
      className="divide-y divide-separator rounded-md border border-border bg-surface"
    >
      {tasks.map(({ words, href }) => (
        <li key={href} className="px-3 py-2">
          <Link href={href} prefetch={false} className="prose-link">
            {words}
          </Link>
        </li>
      ))}
    </ul>
  );
}
