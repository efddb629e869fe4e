import Link from 'next/link';
import { Status } from '#components/ledger/status.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { FaultNote } from './fault-note.tsx';
import { NodeDoings, type NodeDoingsProps } from './node-doings.tsx';
import { RegisteredNode } from './node-register.tsx';
import { whyInWords } from './words.ts';

/** What the register says of a node that the monitor watches, and what can be done about it there. Nothing where its key has no node. */
export function RegisterPanel({ node, ...doings }: Omit<NodeDoingsProps, 'node'> & { node: NetworkNodeDto | null }) {
  if (node === null) return null;
  return (
    <Section
      title="In the register of nodes"
      aside={
        <Link href="/node-provider/nodes" prefetch={false} className="prose-link">
          The register
        </Link>
      }
    >
      <FaultNote node={node} nowMs={doings.nowMs} silenceMs={doings.silenceMs} />
      <div className="flex flex-wrap items-start justify-between gap-3 rounded-md border border-border bg-surface px-3 py-2.5">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <span>
            <RegisteredNode node={node} />
          </span>
          <Status status={node.status} />
          <span className="text-muted">
            <span>since </span>
            <Time timeMs={node.changedAtMs} />
          </span>
          <Text>{whyInWords(node)}</Text>
        </p>
        <NodeDoings {...doings} node={node} />
      </div>
    </Section>
  );
}
