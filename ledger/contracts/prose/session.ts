import type { EndReason } from '#ledger/contracts/agreement/definition.ts';
import { epochEndAfter } from '#ledger/contracts/shared/epoch.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import { assert } from '#ledger/core/assert.ts';
import type { Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { quotient } from '#ledger/core/integer.ts';
import { left, standingChanged } from './contract.ts';
import { PAYEES_MAX, proseDefinition, proseEvent, type LeavingReason, type ProseEvent } from './definition.ts';
import { proseTables as tables, readMember, readStanding, readTariff } from './record.ts';
import { ENDINGS } from './terminate-cause.ts';

const MINUTE_MS = 60_000n;
const PER_MILLE = 1_000n;
/** An account is owed no more than this for one epoch: a thousand times the largest budget. */
const DUE_MICRO_MAX = 1_000_000_000_000_000n;

/** A settled order, as the pool has to know it. */
export interface Settled {
  readonly agreement: bigint;
  readonly customer: bigint;
  readonly provider: bigint;
  readonly used: readonly Quantity[];
  readonly keptMs: bigint;
  readonly degradedMs: bigint;
  readonly downMs: bigint;
}

/** What happened elsewhere that the pool has to follow. */
export type Happened =
  | { readonly what: 'settled'; readonly order: Settled }
  | { readonly what: 'identity'; readonly account: bigint; readonly reason: string }
  | { readonly what: 'listing'; readonly resource: bigint; readonly to: 'suspended' | 'retired' };

export interface SessionNeeds<Event> {
  /** Of an agreement that is there. */
  agreement(agreement: bigint): {
    readonly resource: bigint;
    readonly startsAtMs: bigint;
    readonly endReason: EndReason | '';
  };
  /** Who has identified the account, as it holds now; undefined: nobody. */
  identifiedBy(account: bigint): bigint | undefined;
  epochMs(): bigint;
  /** The same needs, answered from another state. */
  at(state: StateReader): SessionNeeds<Event>;
  /** Writes what an event of any contract says. */
  evolve(state: StateWriter, event: ProseEvent | Event): void;
}

/** What was decided, and what follows from it for sessions and the pool. Most decisions concern no relay: what is needed for it is made for the others alone. */
export function followed<Event>(
  state: StateReader,
  of: { readonly decision: Decision<Event>; readonly happened: readonly Happened[]; readonly nowMs: bigint },
  needsOf: () => SessionNeeds<Event>,
): Decision<ProseEvent | Event> {
  const { decision, nowMs } = of;
  const happened = of.happened.filter((one) => concernsPool(state, one));
  if (happened.length === 0) return decision;
  const needs = needsOf();
  const steps = new Steps<ProseEvent | Event>(state, needs.evolve);
  steps.take(decision);
  for (const one of happened) {
    const there = needs.at(steps.state);
    if (one.what === 'settled') steps.take(recorded(steps.state, one.order, nowMs, there));
    else steps.add(...leavings(steps.state, one, nowMs, there));
  }
  return { ...steps.decision(), ...(decision.data === undefined ? {} : { data: decision.data }) };
}

function concernsPool(state: StateReader, one: Happened): boolean {
  switch (one.what) {
    case 'settled':
      return state.read(tables.open, one.order.agreement) !== undefined;
    case 'identity':
      return state.read(tables.byOwner, one.account) !== undefined;
    case 'listing':
      return readMember(state, one.resource) !== undefined;
  }
}

/** The record of a session [I.3-6], what is due for it by the tariff in force, and how the service node stands then. */
function recorded<Event>(
  state: StateReader,
  order: Settled,
  nowMs: bigint,
  needs: SessionNeeds<Event>,
): Decision<ProseEvent> {
  const { agreement, customer: userNode, provider: serviceNode, used, keptMs, degradedMs, downMs } = order;
  const operator = state.read(tables.open, agreement);
  const { resource, startsAtMs: startMs, endReason } = needs.agreement(agreement);
  assert(operator !== undefined && endReason !== '', 'an order that is settled has ended');
  const { cause: terminateCause, isDisconnect } = ENDINGS[endReason];
  const sessionMs = keptMs + degradedMs;
  const wholeMs = sessionMs + downMs;
  const keptPerMille = wholeMs === 0n ? 0n : quotient(keptMs * PER_MILLE, wholeMs);
  const [inputBytes, outputBytes] = [amountOf(used, 'bytesIn'), amountOf(used, 'bytes')];
  const isUse = !isDisconnect && serviceNode !== userNode && inputBytes + outputBytes > 0n;
  const due = isUse ? dueFor(state, { operator, serviceNode, sessionMs }) : undefined;
  const session = proseEvent('SessionRecorded', {
    agreement,
    resource,
    serviceNode,
    userNode,
    operator,
    startMs,
    sessionMs,
    keptPerMille,
    inputBytes,
    outputBytes,
    terminateCause,
    isDisconnect,
    paidMs: due === undefined ? 0n : sessionMs,
    dueMicro: due ?? 0n,
    atMs: nowMs,
  });
  const before = readStanding(state, serviceNode);
  const standing = {
    ...before,
    sessions: before.sessions + 1n,
    begunSessions: before.begunSessions + (wholeMs > 0n ? 1n : 0n),
    keptPerMilleSum: before.keptPerMilleSum + keptPerMille,
    disconnects: before.disconnects + (isDisconnect ? 1n : 0n),
  };
  const isFirstDue = due !== undefined && state.read(tables.accruals, operator) === undefined;
  const atMs = epochEndAfter(nowMs, needs.epochMs());
  return {
    events: [session, standingChanged(serviceNode, standing)],
    due: isFirstDue ? [{ atMs, ...payment(operator) }] : [],
  };
}

/** What the tariff in force counts the time at; undefined where nothing is due. */
function dueFor(
  state: StateReader,
  of: { readonly operator: bigint; readonly serviceNode: bigint; readonly sessionMs: bigint },
): bigint | undefined {
  const tariff = readTariff(state, of.operator);
  if (tariff === undefined) return undefined;
  const payees = state.read(tables.accruals, of.operator)?.payees ?? [];
  const owed = payees.find(({ account }) => account === of.serviceNode);
  if (owed === undefined && payees.length >= PAYEES_MAX) return undefined;
  const dueMicro = quotient(tariff.microPerMinute * of.sessionMs, MINUTE_MS);
  return dueMicro === 0n || (owed?.dueMicro ?? 0n) + dueMicro > DUE_MICRO_MAX ? undefined : dueMicro;
}

function payment(operator: bigint): Omit<DueItem, 'atMs'> {
  return { contract: proseDefinition.id, kind: 'pay', subject: operator };
}

function leavings<Event>(
  state: StateReader,
  one: Exclude<Happened, { what: 'settled' }>,
  atMs: bigint,
  needs: SessionNeeds<Event>,
): ProseEvent[] {
  const resources = one.what === 'listing' ? [one.resource] : (state.read(tables.byOwner, one.account) ?? []);
  return resources.flatMap((resource) => {
    const member = readMember(state, resource);
    // Identified anew by the same operator: nothing has changed for the pool.
    const stays =
      member === undefined || (one.what === 'identity' && needs.identifiedBy(member.owner) === member.operator);
    return stays ? [] : [left({ resource, member, by: 0n, reason: reasonOf(one), atMs })];
  });
}

function reasonOf(one: Exclude<Happened, { what: 'settled' }>): LeavingReason {
  if (one.what === 'listing') return one.to;
  return one.reason === 'expired' || one.reason === 'replaced' ? one.reason : 'revoked';
}
