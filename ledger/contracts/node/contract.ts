import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Decision, DueContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { VALIDATORS_MIN, type GenesisValidator } from '#ledger/core/genesis.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { nodeCodes, nodeEvent, type NodeEvent, type ValidatorStatus } from './definition.ts';
import { isName } from './node-words.ts';
import { droppedChange, probationOf, probationOver, stoodDown, type StandingNeeds } from './standing.ts';
import * as register from './register.ts';
import type { RegisterNeeds } from './register.ts';
import * as shares from './shares.ts';
import {
  NODES_LIVE_MAX,
  addressBucket,
  bucketOf,
  changing,
  equivocationId,
  findNode,
  liveNodes,
  memberCount,
  nextChangeMs,
  nodeOf,
  nodeTables,
  readNode,
  readRoster,
  type NodeRecord,
} from './record.ts';

/** What the node contract asks of others. */
export interface NodeNeeds {
  accountExists(account: bigint): boolean;
  /** Whether the account's credit permits that it answers for a validator [8.5.1-c]. */
  mayOperateValidator(account: bigint): boolean;
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
  if (!needs.mayOperateValidator(operator)) return fail(codes.OPERATOR_CREDIT_TOO_LOW);
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
  if (isOut(record.status)) return ok(undefined);
  if (record.status !== 'validating') return fail(codes.NODE_NOT_VALIDATING);
  const staying = liveNodes(state).filter(([, { status }]) => status === 'validating').length;
  return staying <= VALIDATORS_MIN ? fail(codes.TOO_FEW_VALIDATORS) : ok(undefined);
}

/** Out of the set by its credit: a vote takes it out for good without a change of the set. */
function isOut(status: ValidatorStatus): boolean {
  return status === 'suspended' || status === 'probation';
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
  const { status } = nodeOf(state, node);
  const atMs = ctx.nowMs;
  if (isOut(status)) {
    const retired = nodeEvent('NodeRemovalDecided', { node, proposal, atMs, leavesAtMs: atMs });
    return ok({ events: [retired], cancel: [probationOf(node)] });
  }
  if (status !== 'validating') return fail(codes.NODE_NOT_VALIDATING);
  const leavesAtMs = nextChangeMs(state, atMs, needs);
  const facts = { node, proposal, atMs, leavesAtMs };
  const decided = nodeEvent('NodeRemovalDecided', facts);
  if (leavesAtMs > atMs) return ok({ events: [decided], due: [{ atMs: leavesAtMs, ...changing(node) }] });
  return ok({ events: [decided, leave(state, node, atMs)] });
}

/** A scheduled change has come due. After an idle time several may be: each but the first then waits for an epoch of its own. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  { nowMs }: DueContext,
  needs: StandingNeeds & RegisterNeeds<Event>,
): Decision<NodeEvent | Event> {
  const { kind, subject: node } = item;
  if (kind === 'probation' || kind === 'silence') return register.due(state, { kind, subject: node }, { nowMs }, needs);
  if (kind === 'validator-probation') return probationOver(state, node, nowMs, needs);
  const { status, publicKey } = nodeOf(state, node);
  assert(kind === 'change-validators', 'a validator waits for its place in the set only');
  const { changedAtMs } = readRoster(state);
  const earliestMs = changedAtMs + needs.epochMs();
  if (changedAtMs > 0n && nowMs < earliestMs) return { events: [], due: [{ atMs: earliestMs, ...changing(node) }] };
  const dropped = droppedChange(state, node, nowMs, needs);
  if (dropped !== undefined) return { events: [dropped] };
  if (status === 'leaving') return { events: [leave(state, node, nowMs)] };
  if (status === 'standing-down') {
    const left = leave(state, node, nowMs);
    return { events: left.type === 'ValidatorSetChanged' ? [left, stoodDown(state, node, nowMs)] : [left] };
  }
  assert(status === 'waiting' || status === 'returning', 'a scheduled change is an entry or a removal');
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
  validators: readonly Pick<GenesisValidator, 'name' | 'publicKey' | 'operator'>[],
  atMs: bigint,
  crypto: Pick<Crypto, 'sha256'>,
): NodeEvent[] {
  assert(validators.length <= NODES_LIVE_MAX, `genesis names at most ${NODES_LIVE_MAX} validators`);
  return validators.map(({ name, publicKey, operator = 0n }, index) => {
    const address = validatorAddress(publicKey, crypto);
    const facts = { node: BigInt(index + 1), name, publicKey, address, operator, atMs };
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

export function evolve(state: StateWriter, event: NodeEvent): void {
  switch (event.type) {
    case 'NodeFounded':
      enlist(state, event, { status: 'validating', operator: event.operator });
      return;
    case 'NodeAdmitted':
      enlist(state, event, { status: 'waiting', operator: event.operator });
      state.write(nodeTables.roster, 0n, { ...readRoster(state), scheduledAtMs: event.entersAtMs });
      return;
    case 'NodeRemovalDecided':
      if (isOut(nodeOf(state, event.node).status)) {
        retire(state, event);
        return;
      }
      state.write(nodeTables.roster, 0n, { ...readRoster(state), scheduledAtMs: event.leavesAtMs });
      setStatus(state, event, 'leaving');
      return;
    case 'ValidatorSetChanged': {
      state.write(nodeTables.roster, 0n, { ...readRoster(state), changedAtMs: event.atMs });
      if (event.power === 1n) setStatus(state, event, 'validating');
      else if (nodeOf(state, event.node).status === 'standing-down') setStatus(state, event, 'suspended');
      else retire(state, event);
      return;
    }
    case 'ValidatorStandingChanged':
      // What waits for its time in the set makes others wait behind it.
      if (event.to === 'standing-down' || event.to === 'returning')
        state.write(nodeTables.roster, 0n, { ...readRoster(state), scheduledAtMs: event.changesAtMs });
      setStatus(state, event, event.to);
      return;
    case 'NodeRemovalDropped':
      setStatus(state, event, 'validating');
      return;
    case 'EquivocationRecorded': {
      const { node, height, equivocations } = event;
      state.write(nodeTables.nodes, node, { ...nodeOf(state, node), equivocations });
      state.write(nodeTables.equivocations, equivocationId(node, height), event.timeMs);
      return;
    }
    case 'NodeRegistered':
    case 'NodeUpdated':
    case 'NodeAdmissionRefused':
    case 'NodeStatusChanged':
    case 'NodeHeard':
    case 'AccessRulesChanged':
      register.evolve(state, event);
      return;
    case 'SharesDeclared':
    case 'SharesShifted':
      shares.evolve(state, event);
      return;
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

function retire(state: StateWriter, of: { node: bigint; atMs: bigint }): void {
  const roster = readRoster(state);
  state.write(nodeTables.roster, 0n, { ...roster, live: roster.live.filter((id) => id !== of.node) });
  setStatus(state, of, 'retired');
}

function setStatus(state: StateWriter, { node, atMs }: { node: bigint; atMs: bigint }, status: ValidatorStatus): void {
  state.write(nodeTables.nodes, node, { ...nodeOf(state, node), status, changedAtMs: atMs });
}

/** The shape; whether it is a point of the curve, the proof shows. */
function isCompressedKey(key: Uint8Array): boolean {
  return key.length === 33 && (key[0] === 2 || key[0] === 3);
}
