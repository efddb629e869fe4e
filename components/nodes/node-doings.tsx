import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { AdmitNode, ReportNode, RestoreNode, RetireNode } from './act-on-node.tsx';

/** Who looks at a node, and as what. */
export interface NodeViewer {
  readonly address: string;
  readonly account: number;
  readonly isNodeProvider: boolean;
  readonly isMaintainer: boolean;
}

export interface NodeDoingsProps {
  node: NetworkNodeDto;
  viewer: NodeViewer;
  nowMs: number;
  /** How long a reported node's key may stay silent. */
  silenceMs: number;
  /** What the contract will say of its admission, as far as is known; undefined on pages that do not know. */
  expected?: string;
  /** Since when the monitor finds that it fails. */
  failsSinceMs?: number | null;
}

/** Buttons for what the viewer may do about a node now; nothing for who may do nothing. The contract decides all the same. */
export function NodeDoings({ node, viewer, nowMs, silenceMs, expected, failsSinceMs = null }: NodeDoingsProps) {
  const { status } = node;
  if (node.class === 'consensus' || status === 'retired') return null;
  const { isNodeProvider, isMaintainer } = viewer;
  const mayReport = isNodeProvider || isMaintainer;
  const isOwn = node.operator?.id === viewer.account;
  const of = { node: node.id, name: node.name, address: viewer.address };
  const isServing = status === 'probation' || status === 'active';
  if (!mayReport && !isOwn) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {isNodeProvider && status === 'registered' && expected !== undefined ? (
        <AdmitNode {...of} expected={expected} />
      ) : null}
      {mayReport && status === 'suspended' && node.fault?.heardAtMs !== null ? <RestoreNode {...of} /> : null}
      {mayReport && isServing ? (
        <ReportNode
          {...of}
          isService={node.class === 'service'}
          failsSinceMs={failsSinceMs}
          nowMs={nowMs}
          registeredAtMs={node.registeredAtMs}
          silenceMs={silenceMs}
        />
      ) : null}
      {isNodeProvider || isOwn ? <RetireNode {...of} isOwn={isOwn} /> : null}
    </div>
  );
}
