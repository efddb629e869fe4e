import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import type { NamedNode } from '#lib/shared/monitoring-views.ts';
import { nodeHref, nodeWords } from './words.ts';

/** A node by its name, to its page where the role has one. */
export function NodeLink({ node, base }: { node: NamedNode; base: string }) {
  const href = nodeHref(base, node);
  const words =
    node.name === null ? <span className="break-all">{nodeWords(node)}</span> : <Foreign text={node.name} />;
  if (href === undefined) return words;
  return (
    <Link href={href} prefetch={false} title={node.key} className="prose-link font-medium">
      {words}
    </Link>
  );
}
