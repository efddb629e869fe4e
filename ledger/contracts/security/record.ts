import type { StateReader, Table } from '#ledger/core/decision.ts';
import { securityDefinition } from './definition.ts';
import type { RepairCommand } from './repair-words.ts';

/** An open incident. Closed ones leave the state; their events stay. */
export type IncidentRecord = {
  node: bigint;
  operator: bigint;
  detectedMs: bigint;
  /** Who looks after it first; 0 before somebody does. */
  acknowledgedBy: bigint;
  /** Steps so far: the number of the newest. */
  steps: bigint;
  /** The last step that was done; 0 before one was. */
  repairedAtMs: bigint;
  /** The command that waits for the node's answer: at most one. */
  waiting: { step: bigint; command: RepairCommand; expiresAtMs: bigint }[];
};

export const securityTables = {
  /** id 0: the next incident, and how many are open. */
  counters: { contract: securityDefinition.id, table: 0 } as Table<{ nextIncident: bigint; open: bigint }>,
  incidents: { contract: securityDefinition.id, table: 1 } as Table<IncidentRecord>,
  /** The open incident of a node, under the node. */
  nodes: { contract: securityDefinition.id, table: 2 } as Table<bigint>,
} as const;

export function readSecurityCounters(state: StateReader): { nextIncident: bigint; open: bigint } {
  return state.read(securityTables.counters, 0n) ?? { nextIncident: 1n, open: 0n };
}

/** undefined once it is closed. */
export function readIncident(state: StateReader, incident: bigint): IncidentRecord | undefined {
  return state.read(securityTables.incidents, incident);
}

/** The open incident of a node. */
export function openIncidentOf(state: StateReader, node: bigint): bigint | undefined {
  return state.read(securityTables.nodes, node);
}
