import { formatUtc, sentenceCase } from '#components/ui/format.ts';
import {
  NODE_CLASSES,
  REASONS,
  REGISTERED_STATUSES,
  REPORT_CAUSES,
  VALIDATOR_STATUSES,
  type NodeClass,
  type NodeStatus,
  type ReportCause,
} from '#ledger/contracts/node/definition.ts';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';

/** What each class of nodes is, as the definition says it. */
export const CLASS_WORDS: Readonly<Record<NodeClass, string>> = {
  consensus: 'validates blocks',
  common: 'a portal, or a member that reads the ledger',
  service: 'an agent that serves resources',
};

/** Every status that a node of the register can have, each once. */
export const STATUS_FILTERS: readonly NodeStatus[] = [
  ...new Set<NodeStatus>([...REGISTERED_STATUSES, ...VALIDATOR_STATUSES]),
];

/** Why a node is as it is; empty where the register tells no reason. */
export function reasonInWords(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : '';
}

/** `not reachable since 29 Nov 2026, 21:40:00 UTC`. */
export function faultInWords({ cause, sinceMs }: { cause: ReportCause; sinceMs: number }): string {
  return `${REPORT_CAUSES[cause]} since ${formatUtc(sinceMs)}`;
}

/** Why it is as it is: a reported fault with its time, else the reason of the last change. */
export function whyInWords(node: Pick<NetworkNodeDto, 'fault' | 'reason' | 'status' | 'class'>): string {
  if (node.fault !== null && node.status === 'suspended') return sentenceCase(faultInWords(node.fault));
  if (node.status === 'registered') return 'Waits for its admission';
  return sentenceCase(reasonInWords(node.reason));
}

/** What an address asks of the register; anything else is left out. */
export function registerFilterOf(query: { kind?: string | undefined; status?: string | undefined }): {
  class?: NodeClass;
  status?: NodeStatus;
} {
  const kind = NODE_CLASSES.find((one) => one === query.kind);
  const status = STATUS_FILTERS.find((one) => one === query.status);
  return { ...(kind === undefined ? {} : { class: kind }), ...(status === undefined ? {} : { status }) };
}
