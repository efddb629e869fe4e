import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { DueItem, StateReader, Table } from '#ledger/core/decision.ts';
import { nodeDefinition, type ValidatorStatus } from './definition.ts';

/** A validator. */
export type NodeRecord = {
  name: string;
  /** Account that answers for it; 0 for nobody. */
  operator: bigint;
  /** 33 bytes, compressed secp256k1. */
  publicKey: Uint8Array;
  /** 20 bytes. */
  address: Uint8Array;
  class: 'consensus';
  status: ValidatorStatus;
  equivocations: bigint;
  /** Of the status. */
  changedAtMs: bigint;
};

export type Roster = {
  /** Id of the next node of any class. */
  nextNode: bigint;
  /** Validators that are not retired, in order of id: at most NODES_LIVE_MAX. */
  live: bigint[];
  /** Time for which the last change was scheduled, and at which the last one happened; 0 before the first. */
  scheduledAtMs: bigint;
  changedAtMs: bigint;
};

export const nodeTables = {
  /** id 0. */
  roster: { contract: nodeDefinition.id, table: 0 } as Table<Roster>,
  nodes: { contract: nodeDefinition.id, table: 1 } as Table<NodeRecord>,
  /** Latest node of each validator address, under the address's first eight bytes. */
  addresses: { contract: nodeDefinition.id, table: 2 } as Table<{ address: Uint8Array; node: bigint }[]>,
  /** Recorded equivocations, under node × 2^40 + height. */
  equivocations: { contract: nodeDefinition.id, table: 3 } as Table<bigint>,
} as const;

/** Nodes that validate or wait for it. Within VALIDATORS_MAX of the vote format; a commit's size and time grow with them. */
export const NODES_LIVE_MAX = 64;
const HEIGHT_BITS = 40n;
const NO_NODES: Roster = { nextNode: 1n, live: [], scheduledAtMs: 0n, changedAtMs: 0n };

export function readNode(state: StateReader, node: bigint): NodeRecord | undefined {
  return state.read(nodeTables.nodes, node);
}

export function readRoster(state: StateReader): Roster {
  return state.read(nodeTables.roster, 0n) ?? NO_NODES;
}

/** Every node that is not retired, in order of id. */
export function liveNodes(state: StateReader): (readonly [id: bigint, record: NodeRecord])[] {
  return readRoster(state).live.map((id) => [id, nodeOf(state, id)] as const);
}

/** Latest node of a validator address, retired ones included: evidence can come late. */
export function findNode(state: StateReader, address: Uint8Array): bigint | undefined {
  return addressBucket(state, address).find((entry) => equal(entry.address, address))?.node;
}

export function nodeOf(state: StateReader, node: bigint): NodeRecord {
  const record = readNode(state, node);
  assert(record !== undefined, 'an event, due work or a proposal names an existing node');
  return record;
}

/** In the set until their time. */
const MEMBERS: readonly ValidatorStatus[] = ['validating', 'leaving', 'standing-down'];

/** Nodes whose votes count on blocks. */
export function memberCount(state: StateReader): number {
  return liveNodes(state).filter(([, { status }]) => MEMBERS.includes(status)).length;
}

/** When the set may change next: one change an epoch, in the order of the decisions. */
export function nextChangeMs(state: StateReader, nowMs: bigint, needs: { epochMs(): bigint }): bigint {
  const { scheduledAtMs, changedAtMs } = readRoster(state);
  const lastMs = scheduledAtMs > changedAtMs ? scheduledAtMs : changedAtMs;
  const nextMs = lastMs === 0n ? 0n : lastMs + needs.epochMs();
  return nextMs > nowMs ? nextMs : nowMs;
}

/** The due item of a node's place in the set. */
export function changing(node: bigint): Omit<DueItem, 'atMs'> {
  return { contract: nodeDefinition.id, kind: 'change-validators', subject: node };
}

export function addressBucket(
  state: StateReader,
  address: Uint8Array,
): readonly { address: Uint8Array; node: bigint }[] {
  return state.read(nodeTables.addresses, bucketOf(address)) ?? [];
}

/** Record id of a validator address: its first eight bytes, which are a hash already. */
export function bucketOf(address: Uint8Array): bigint {
  return address.subarray(0, 8).reduce((id, byte) => (id << 8n) | BigInt(byte), 0n);
}

export function equivocationId(node: bigint, height: bigint): bigint {
  assert(height < 1n << HEIGHT_BITS, 'a height fits 40 bits');
  return (node << HEIGHT_BITS) | height;
}
