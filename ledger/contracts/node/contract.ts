import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Decision, DueContext, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { NODE_NAME_MAX, nodeCodes, nodeEvent, nodeDefinition, type NodeEvent, type NodeStatus } from './definition.ts';
import {
  NODES_LIVE_MAX,
  addressBucket,
  bucketOf,
  equivocationId,
  findNode,
  liveNodes,
  memberCount,
  nodeOf,
  nodeTables,
  readNode,
  readRoster,
  type NodeRecord,
} from './record.ts';

/** What the node contract asks of others. */
export interface NodeNeeds {
  accountExists(account: bigint): boolean;
  /** At most one change of the set in this time. */
  epochMs(): bigint;
}

/** A node that is offered, with the proof that its key's holder offers it. */
export interface Candidate {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly operator: bigint;
}

const codes = nodeCodes;

/** May this node be proposed? Asked when it is. */
export function checkCandidate(
  state: StateReader,
  candidate: Candidate & { readonly proof: Uint8Array },
  ctx: { readonly network: Uint8Array; readonly crypto: Crypto },
  needs: NodeNeeds,
): Result<undefined> {
  const { name, publicKey, operator, proof } = candidate;
  if (!isName(name)) return fail(codes.NAME_INVALID);
  if (!isCompressedKey(publicKey)) return fail(codes.KEY_INVALID);
  if (!needs.accountExists(operator)) return fail(codes.OPERATOR_UNKNOWN);
  const digest = possessionDigest({ network: ctx.network, operator }, ctx.crypto);
  if (!ctx.crypto.verify(digest, proof, publicKey)) return fail(codes.KEY_NOT_PROVED);
  return checkRoom(state, validatorAddress(publicKey, ctx.crypto));
}

/** What can have changed since the node was proposed. */
function checkRoom(state: StateReader, address: Uint8Array): Result<undefined> {
  const known = findNode(state, address);
  if (known !== undefined && nodeOf(state, known).status !== 'retired') return fail(codes.KEY_IN_USE);
  return readRoster(state).live.length >= NODES_LIVE_MAX ? fail(codes.VALIDATORS_FULL) : ok(undefined);
}

/** May this node's removal be proposed? A node that is leaving already does not count as one that stays. */
export function checkRemoval(state: StateReader, node: bigint): Result<undefined> {
  const record = readNode(state, node);
  if (record === undefined) return fail(codes.NODE_UNKNOWN);
  if (record.status !== 'validating') return fail(codes.NODE_NOT_VALIDATING);
  const staying = liveNodes(state).filter(([, { status }]) => status === 'validating').length;
  return staying <= VALIDATORS_MIN ? fail(codes.TOO_FEW_VALIDATORS) : ok(undefined);
}

/** The vote for a proposed node passed: it enters now, or when the last change is an epoch old. Fails with KEY_IN_USE or VALIDATORS_FULL. */
export function admit(
  state: StateReader,
  candidate: Candidate & { readonly proposal: bigint },
  ctx: { readonly nowMs: bigint; readonly crypto: Crypto },
  needs: NodeNeeds,
): Result<Decision<NodeEvent>> {
  const { name, publicKey, operator, proposal } = candidate;
  const address = validatorAddress(publicKey, ctx.crypto);
  const room = checkRoom(state, address);
  if (!room.ok) return room;
  const node = readRoster(state).nextNode;
  const atMs = ctx.nowMs;
  const entersAtMs = nextChangeMs(state, atMs, needs);
  const facts = { node, name, publicKey, address, operator, proposal, atMs, entersAtMs };
  const admitted = nodeEvent('NodeAdmitted', facts);
  if (entersAtMs > atMs) return ok({ events: [admitted], due: [{ atMs: entersAtMs, ...changing(node) }] });
  const members = BigInt(memberCount(state)) + 1n;
  return ok({ events: [admitted, setChanged({ node, publicKey, power: 1n, members, atMs })] });
}

/** The vote for a removal passed: the node leaves now, or when the last change is an epoch old. Fails with NODE_NOT_VALIDATING. */
export function remove(
  state: StateReader,
  of: { readonly node: bigint; readonly proposal: bigint },
  ctx: { readonly nowMs: bigint },
  needs: NodeNeeds,
): Result<Decision<NodeEvent>> {
  const { node, proposal } = of;
  if (nodeOf(state, node).status !== 'validating') return fail(codes.NODE_NOT_VALIDATING);
  const atMs = ctx.nowMs;
  const leavesAtMs = nextChangeMs(state, atMs, needs);
  const facts = { node, proposal, atMs, leavesAtMs };
  const decided = nodeEvent('NodeRemovalDecided', facts);
  if (leavesAtMs > atMs) return ok({ events: [decided], due: [{ atMs: leavesAtMs, ...changing(node) }] });
  return ok({ events: [decided, leave(state, node, atMs)] });
}

/** A scheduled change has come due. After an idle time several may be: each but the first then waits for an epoch of its own. */
export function due(
  state: StateReader,
  item: { kind: string; subject: bigint },
  { nowMs }: DueContext,
  needs: Pick<NodeNeeds, 'epochMs'>,
): Decision<NodeEvent> {
  const node = item.subject;
  const { status, publicKey } = nodeOf(state, node);
  assert(item.kind === 'change-validators', 'a node waits for its place in the set only');
  const { changedAtMs } = readRoster(state);
  const earliestMs = changedAtMs + needs.epochMs();
  if (changedAtMs > 0n && nowMs < earliestMs) return { events: [], due: [{ atMs: earliestMs, ...changing(node) }] };
  if (status === 'leaving') return { events: [leave(state, node, nowMs)] };
  assert(status === 'waiting', 'a scheduled change is an entry or a removal');
  const members = BigInt(memberCount(state)) + 1n;
  return { events: [setChanged({ node, publicKey, power: 1n, members, atMs: nowMs })] };
}

/** A block carries evidence of two conflicting votes. undefined: the address is no node's, or this height is recorded already. */
export function recordEquivocation(
  state: StateReader,
  misbehavior: { readonly validator: Uint8Array; readonly height: bigint; readonly timeMs: bigint },
): { node: bigint; decision: Decision<NodeEvent> } | undefined {
  const { validator, height, timeMs } = misbehavior;
  const node = findNode(state, validator);
  if (node === undefined || state.read(nodeTables.equivocations, equivocationId(node, height)) !== undefined)
    return undefined;
  const equivocations = nodeOf(state, node).equivocations + 1n;
  const facts = { node, height, timeMs, equivocations };
  return {
    node,
    decision: { events: [nodeEvent('EquivocationRecorded', facts)] },
  };
}

/** Events of the nodes that genesis names, in its order. Their being there is no change that others wait for. */
export function foundNodes(
  validators: readonly { readonly name: string; readonly publicKey: Uint8Array }[],
  atMs: bigint,
  crypto: Pick<Crypto, 'sha256'>,
): NodeEvent[] {
  assert(validators.length <= NODES_LIVE_MAX, `genesis names at most ${NODES_LIVE_MAX} validators`);
  return validators.map(({ name, publicKey }, index) => {
    const facts = { node: BigInt(index + 1), name, publicKey, address: validatorAddress(publicKey, crypto), atMs };
    return nodeEvent('NodeFounded', facts);
  });
}

/** The set must not become too small; that is asked again here because other removals may have come between. */
function leave(state: StateReader, node: bigint, atMs: bigint): NodeEvent {
  const members = memberCount(state);
  if (members <= VALIDATORS_MIN) {
    const facts = { node, reason: 'too-few-validators', members: BigInt(members), atMs } as const;
    return nodeEvent('NodeRemovalDropped', facts);
  }
  const { publicKey } = nodeOf(state, node);
  return setChanged({ node, publicKey, power: 0n, members: BigInt(members) - 1n, atMs });
}

function setChanged(facts: {
  node: bigint;
  publicKey: Uint8Array;
  power: 0n | 1n;
  members: bigint;
  atMs: bigint;
}): NodeEvent {
  return nodeEvent('ValidatorSetChanged', facts);
}

/** One change an epoch, in the order of the votes. */
function nextChangeMs(state: StateReader, nowMs: bigint, needs: Pick<NodeNeeds, 'epochMs'>): bigint {
  const { scheduledAtMs, changedAtMs } = readRoster(state);
  const lastMs = scheduledAtMs > changedAtMs ? scheduledAtMs : changedAtMs;
  const nextMs = lastMs === 0n ? 0n : lastMs + needs.epochMs();
  return nextMs > nowMs ? nextMs : nowMs;
}

function changing(node: bigint): Omit<DueItem, 'atMs'> {
  return { contract: nodeDefinition.id, kind: 'change-validators', subject: node };
}

export function evolve(state: StateWriter, event: NodeEvent): void {
  switch (event.type) {
    case 'NodeFounded':
      enlist(state, event, { status: 'validating', operator: 0n });
      return;
    case 'NodeAdmitted':
      enlist(state, event, { status: 'waiting', operator: event.operator });
      state.write(nodeTables.roster, 0n, { ...readRoster(state), scheduledAtMs: event.entersAtMs });
      return;
    case 'NodeRemovalDecided':
      state.write(nodeTables.roster, 0n, { ...readRoster(state), scheduledAtMs: event.leavesAtMs });
      setStatus(state, event, 'leaving');
      return;
    case 'ValidatorSetChanged': {
      const roster = { ...readRoster(state), changedAtMs: event.atMs };
      if (event.power === 0n) roster.live = roster.live.filter((id) => id !== event.node);
      state.write(nodeTables.roster, 0n, roster);
      setStatus(state, event, event.power === 1n ? 'validating' : 'retired');
      return;
    }
    case 'NodeRemovalDropped':
      setStatus(state, event, 'validating');
      return;
    case 'EquivocationRecorded': {
      const { node, height, equivocations } = event;
      state.write(nodeTables.nodes, node, { ...nodeOf(state, node), equivocations });
      state.write(nodeTables.equivocations, equivocationId(node, height), event.timeMs);
      return;
    }
  }
}

function enlist(
  state: StateWriter,
  event: Extract<NodeEvent, { type: 'NodeFounded' | 'NodeAdmitted' }>,
  { status, operator }: Pick<NodeRecord, 'status' | 'operator'>,
): void {
  const { node, name, publicKey, address, atMs } = event;
  const record = { name, operator, publicKey, address, class: 'consensus', status } as const;
  state.write(nodeTables.nodes, node, { ...record, equivocations: 0n, changedAtMs: atMs });
  const roster = readRoster(state);
  state.write(nodeTables.roster, 0n, { ...roster, nextNode: node + 1n, live: [...roster.live, node] });
  const others = addressBucket(state, address).filter((entry) => !equal(entry.address, address));
  state.write(nodeTables.addresses, bucketOf(address), [...others, { address, node }]);
}

function setStatus(state: StateWriter, { node, atMs }: { node: bigint; atMs: bigint }, status: NodeStatus): void {
  state.write(nodeTables.nodes, node, { ...nodeOf(state, node), status, changedAtMs: atMs });
}

/** 1 to 64 characters without control characters or blanks at its ends. */
function isName(name: string): boolean {
  return name.length > 0 && name.length <= NODE_NAME_MAX && name.trim() === name && !/\p{Cc}/u.test(name);
}

/** The shape; whether it is a point of the curve, the proof shows. */
function isCompressedKey(key: Uint8Array): boolean {
  return key.length === 33 && (key[0] === 2 || key[0] === 3);
}
