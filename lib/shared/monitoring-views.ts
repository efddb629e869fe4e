import type { TermDto } from './dto.ts';
import type { AlertDto, NodeStatus, Severity, SubjectKind } from './monitoring.ts';

/** A node as lists name it. */
export type NamedNode = AlertDto['node'];

export interface NodeCensusDto {
  kind: SubjectKind;
  status: NodeStatus;
  count: number;
}

export interface StatusChangeDto {
  id: number;
  atMs: number;
  status: NodeStatus;
  sentence: string;
  node: NamedNode;
}

/** How an agent is, for its owner. */
export interface AgentStateDto {
  /** Number of the node in monitoring. */
  id: number;
  /** 0x… */
  address: string;
  status: NodeStatus;
  sinceMs: number | null;
  sentence: string;
}

/** A row of the export of nodes; what nobody measured is null. */
export interface ExportedNode {
  id: number;
  kind: SubjectKind;
  key: string;
  name: string | null;
  account: number | null;
  status: NodeStatus;
  since: Date | null;
  sentence: string | null;
  heardAt: Date | null;
  version: string | null;
  height: number | null;
  lag: number | null;
  cpuPermille: number | null;
  memoryMib: number | null;
  diskFreeMib: number | null;
  loopDelayMs: number | null;
  clockSeenMs: number | null;
  orders: number | null;
  roundTripMs: number | null;
  lossPermille: number | null;
  openAlerts: number;
}

/** A row of the export of alerts. */
export interface ExportedAlert {
  id: number;
  node: number;
  kind: SubjectKind;
  key: string;
  name: string | null;
  rule: string;
  severity: Severity;
  state: AlertDto['state'];
  scope: AlertDto['scope'];
  value: number | null;
  times: number;
  isFlapping: boolean;
  firedAt: Date;
  acknowledgedAt: Date | null;
  acknowledgedBy: number | null;
  note: string | null;
  resolvedAt: Date | null;
  sentence: string;
}

/** A resource of an agent that is watched, and where its provider states that it stands. */
export interface PlacedNodeDto {
  node: NamedNode;
  status: NodeStatus;
  resource: { id: number; kind: string; title: string };
  region: string;
  zone: string | null;
  attributes: readonly TermDto[];
}

/** How the way from one to another was over the last hour; what came back of nothing has no time. */
export interface WayDto {
  /** Null: the monitor, which calls nodes itself. */
  from: number | null;
  /** Null: the portal that the node sends its heartbeats to. */
  to: number | null;
  /** Median of what was measured. */
  roundTripMs: number | null;
  lossPermille: number;
  /** How many times it was measured. */
  count: number;
}

/** Ways between the nodes that fail first; what nobody measured is in no way. */
export interface ConnectionsDto {
  nodes: readonly (NamedNode & { status: NodeStatus })[];
  /** Of agents and portals, those that are not shown among them. */
  total: number;
  ways: readonly WayDto[];
}
