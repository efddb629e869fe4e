import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import type { AccessRule } from './access.ts';
import {
  FIRST_ACCESS_RULES,
  nodeDefinition,
  type RegisteredClass,
  type RegisteredStatus,
  type ReportCause,
} from './definition.ts';

/** A node that registered itself: a portal, a member that reads, an agent. Ids are those of validators too: one register, one sequence. */
export type RegisteredNode = {
  name: string;
  class: RegisteredClass;
  operator: bigint;
  /** The operator's authorised key that is the node's. */
  key: bigint;
  /** 20 bytes: the key's. */
  address: Uint8Array;
  software: string;
  endpoint: string;
  status: RegisteredStatus;
  /** Of the key: a node that registers again with it begins with those of the one before. */
  failedAttempts: bigint;
  suspensions: bigint;
  registeredAtMs: bigint;
  /** Of the status. */
  changedAtMs: bigint;
  /** What was reported, since when, and when; '' and 0 while nothing is. They stay when the node retires while it is suspended. */
  cause: ReportCause | '';
  sinceMs: bigint;
  reportedAtMs: bigint;
  /** When its key signed first after the report; 0 before. */
  heardAtMs: bigint;
};

/** A node with its id. */
export type Found = { readonly node: bigint; readonly record: RegisteredNode };
/** What was reported of a node. */
type Reported = Pick<RegisteredNode, 'cause' | 'sinceMs' | 'reportedAtMs' | 'heardAtMs'>;

export const NOTHING_REPORTED: Reported = { cause: '', sinceMs: 0n, reportedAtMs: 0n, heardAtMs: 0n };

export const registerTables = {
  registered: { contract: nodeDefinition.id, table: 4 } as Table<RegisteredNode>,
  /** Latest node of an account's key, under account × 2^16 + key. */
  keys: { contract: nodeDefinition.id, table: 5 } as Table<bigint>,
  /** id 0; absent until a vote changes them. */
  accessRules: { contract: nodeDefinition.id, table: 6 } as Table<AccessRule[]>,
} as const;

export function readRegistered(state: StateReader, node: bigint): RegisteredNode | undefined {
  return state.read(registerTables.registered, node);
}

/** Latest node of a key, retired ones included; undefined when it never had one. */
export function nodeOfKey(state: StateReader, account: bigint, key: bigint): Found | undefined {
  const node = key === 0n ? undefined : state.read(registerTables.keys, keyId(account, key));
  const record = node === undefined ? undefined : readRegistered(state, node);
  return node === undefined || record === undefined ? undefined : { node, record };
}

/** True while what the key serves is not on offer: its node is suspended, or retired while it was. */
export function isOff(node: Pick<RegisteredNode, 'reportedAtMs'>): boolean {
  return node.reportedAtMs !== 0n;
}

export function registeredOf(state: StateReader, node: bigint): RegisteredNode {
  const record = readRegistered(state, node);
  assert(record !== undefined, 'an event or due work names a registered node');
  return record;
}

export function changeRegistered(state: StateWriter, node: bigint, fields: Partial<RegisteredNode>): void {
  state.write(registerTables.registered, node, { ...registeredOf(state, node), ...fields });
}

export function readAccessRules(state: StateReader): readonly AccessRule[] {
  return state.read(registerTables.accessRules, 0n) ?? FIRST_ACCESS_RULES;
}
