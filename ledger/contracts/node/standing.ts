import { Steps } from '#ledger/contracts/shared/steps.ts';
import type { Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { ascending } from '#ledger/core/integer.ts';
import { nodeDefinition, nodeEvent, type NodeEvent, type ValidatorStatus } from './definition.ts';
import { changing, liveNodes, nextChangeMs, nodeOf } from './record.ts';

/** Validators that leave the set by their credit and come back: one change an epoch like any other, and never below four [8.5.1-c]. */

export interface StandingNeeds {
  epochMs(): bigint;
  probationMs(): bigint;
  /** A validator's credit, which is undefined before it was evaluated, and whether it permits that the node takes part. */
  consensus(node: bigint): { readonly credit: bigint | undefined; readonly isPermitted: boolean };
}

/** What follows for every validator, the lowest credit first: where not all can be spared, those leave that were judged worst. */
export function standings(
  state: StateReader,
  nowMs: bigint,
  needs: StandingNeeds & { evolve(state: StateWriter, event: NodeEvent): void },
): Decision<NodeEvent> {
  const steps = new Steps<NodeEvent>(state, needs.evolve);
  const asked = liveNodes(state).map(([node]) => ({ node, ...needs.consensus(node) }));
  const worstFirst = asked.toSorted(
    (one, other) => ascending(one.credit ?? 0n, other.credit ?? 0n) || ascending(one.node, other.node),
  );
  for (const { node, isPermitted } of worstFirst)
    steps.take(standing(steps.state, { node, isPermitted, nowMs }, needs));
  return steps.decision();
}

function standing(
  state: StateReader,
  { node, isPermitted, nowMs }: { node: bigint; isPermitted: boolean; nowMs: bigint },
  needs: StandingNeeds,
): Decision<NodeEvent> {
  const { status } = nodeOf(state, node);
  if (status === 'validating' && !isPermitted) return standDown(state, node, nowMs, needs);
  if (status === 'suspended' && isPermitted) {
    const changesAtMs = nowMs + needs.probationMs();
    const due = [{ atMs: changesAtMs, ...probationOf(node) }];
    return { events: [changed(state, { node, to: 'probation', changesAtMs, atMs: nowMs })], due };
  }
  if (status !== 'probation' || isPermitted) return { events: [] };
  const events = [changed(state, { node, to: 'suspended', changesAtMs: 0n, atMs: nowMs })];
  return { events, cancel: [probationOf(node)] };
}

/** A validator that is leaving already does not count as one that stays. */
function standDown(state: StateReader, node: bigint, atMs: bigint, needs: StandingNeeds): Decision<NodeEvent> {
  const staying = liveNodes(state).filter(([, { status }]) => status === 'validating').length;
  if (staying <= VALIDATORS_MIN) return { events: [] };
  const changesAtMs = nextChangeMs(state, atMs, needs);
  const due = [{ atMs: changesAtMs, ...changing(node) }];
  return { events: [changed(state, { node, to: 'standing-down', changesAtMs, atMs })], due };
}

/** Its probation is over, and its credit permitted it all the time: it enters like any other. */
export function probationOver(
  state: StateReader,
  node: bigint,
  atMs: bigint,
  needs: StandingNeeds,
): Decision<NodeEvent> {
  const changesAtMs = nextChangeMs(state, atMs, needs);
  const due = [{ atMs: changesAtMs, ...changing(node) }];
  return { events: [changed(state, { node, to: 'returning', changesAtMs, atMs })], due };
}

/** At the time of its change the credit is asked again: who stands down for nothing stays, and who returns too early does not. */
export function droppedChange(
  state: StateReader,
  node: bigint,
  atMs: bigint,
  needs: StandingNeeds,
): NodeEvent | undefined {
  const { status } = nodeOf(state, node);
  const { isPermitted } = needs.consensus(node);
  if (status === 'standing-down' && isPermitted)
    return changed(state, { node, to: 'validating', changesAtMs: 0n, atMs });
  if (status === 'returning' && !isPermitted) return changed(state, { node, to: 'suspended', changesAtMs: 0n, atMs });
  return undefined;
}

/** It has left the set; behind the change of the set, which says of a node that leaves by vote that it is gone for good. */
export function stoodDown(state: StateReader, node: bigint, atMs: bigint): NodeEvent {
  return changed(state, { node, to: 'suspended', changesAtMs: 0n, atMs });
}

export function probationOf(node: bigint): Omit<DueItem, 'atMs'> {
  return { contract: nodeDefinition.id, kind: 'validator-probation', subject: node };
}

function changed(
  state: StateReader,
  of: { node: bigint; to: ValidatorStatus; changesAtMs: bigint; atMs: bigint },
): NodeEvent {
  const { operator, status: from } = nodeOf(state, of.node);
  return nodeEvent('ValidatorStandingChanged', { operator, from, ...of });
}
