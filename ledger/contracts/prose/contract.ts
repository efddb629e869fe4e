import { ROUND_TRIP_MS_MAX } from '#ledger/contracts/kinds/connection.ts';
import { placeIn } from '#ledger/contracts/shared/place.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';
import type { CommandContext, Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { assert } from '#ledger/core/assert.ts';
import { ascending } from '#ledger/core/integer.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  BUDGET_MICRO_MAX,
  EVALUATION_MS_MAX,
  LOSS_PER_MILLE_MAX,
  MEMBERS_MAX,
  MICRO_PER_MINUTE_MAX,
  SCORE_MAX,
  SCORE_MIN,
  SERVICE_KIND,
  proseCodes as codes,
  proseEvent,
  type LeavingReason,
  type ProseArgs,
  type ProseCommand,
  type ProseEvent,
} from './definition.ts';
import { proseTables as tables, readMember, readStanding, type Member, type Standing } from './record.ts';

/** What the pool must know of a resource. */
export interface Offered {
  readonly owner: bigint;
  readonly kind: string;
  readonly attributes: readonly Term[];
  readonly isPublished: boolean;
}

export interface ProseNeeds {
  isOperator(account: bigint): boolean;
  resource(resource: bigint): Offered | undefined;
  /** Who has identified the account, as it holds now; undefined: nobody. */
  identifiedBy(account: bigint): bigint | undefined;
  /** Of an agreement that is there. */
  agreement(agreement: bigint): { readonly resource: bigint; readonly provider: bigint; readonly customer: bigint };
}

type Decided = Result<Decision<ProseEvent>>;

export function decide(state: StateReader, command: ProseCommand, ctx: CommandContext, needs: ProseNeeds): Decided {
  switch (command.method) {
    case 'PublishTariff':
      return publishTariff(command.args, ctx, needs);
    case 'JoinPool':
      return join(state, command.args, ctx, needs);
    case 'LeavePool':
      return leave(state, command.args, ctx, needs);
    case 'MeasureSession':
      return measure(state, command.args, ctx, needs);
    case 'EvaluateSession':
      return evaluate(state, command.args, ctx);
  }
}

function publishTariff(
  { microPerMinute, budgetMicro }: ProseArgs<'PublishTariff'>,
  { account: operator, nowMs: atMs }: CommandContext,
  needs: ProseNeeds,
): Decided {
  if (!needs.isOperator(operator)) return fail(codes.OPERATOR_ROLE_REQUIRED);
  const isHalf = (microPerMinute === 0n) !== (budgetMicro === 0n);
  if (isHalf || microPerMinute > MICRO_PER_MINUTE_MAX || budgetMicro > BUDGET_MICRO_MAX)
    return fail(codes.TARIFF_INVALID);
  return ok({ events: [proseEvent('TariffPublished', { operator, microPerMinute, budgetMicro, atMs })] });
}

/** A certified service node enters the pool [I.3-3]: whose owner an operator has identified [I.3-8]. */
function join(
  state: StateReader,
  { resource }: ProseArgs<'JoinPool'>,
  { account: owner, nowMs: atMs }: CommandContext,
  needs: ProseNeeds,
): Decided {
  const offered = needs.resource(resource);
  if (offered === undefined) return fail(codes.RESOURCE_UNKNOWN);
  if (offered.owner !== owner) return fail(codes.NOT_THE_OWNER);
  if (offered.kind !== SERVICE_KIND) return fail(codes.NOT_A_RELAY);
  if (!offered.isPublished) return fail(codes.NOT_ON_OFFER);
  const cell = placeIn(offered.attributes);
  if (cell === undefined) return fail(codes.PLACE_UNKNOWN);
  const operator = needs.identifiedBy(owner);
  if (operator === undefined) return fail(codes.NOT_IDENTIFIED);
  if (readMember(state, resource) !== undefined) return fail(codes.JOINED_ALREADY);
  if ((state.read(tables.counts, operator) ?? 0n) >= BigInt(MEMBERS_MAX)) return fail(codes.POOL_FULL);
  return ok({ events: [proseEvent('PoolJoined', { resource, owner, operator, cell, atMs })] });
}

function leave(
  state: StateReader,
  { resource }: ProseArgs<'LeavePool'>,
  { account: by, nowMs: atMs }: CommandContext,
  needs: ProseNeeds,
): Decided {
  const offered = needs.resource(resource);
  if (offered === undefined) return fail(codes.RESOURCE_UNKNOWN);
  if (offered.owner !== by) return fail(codes.NOT_THE_OWNER);
  const member = readMember(state, resource);
  if (member === undefined) return fail(codes.NOT_IN_POOL);
  return ok({ events: [left({ resource, member, by, reason: 'own-decision', atMs })] });
}

export function left(of: {
  resource: bigint;
  member: Member;
  by: bigint;
  reason: LeavingReason;
  atMs: bigint;
}): ProseEvent {
  const { member, ...said } = of;
  return proseEvent('PoolLeft', { ...said, owner: member.owner, operator: member.operator });
}

/** How the line was, as the service node's own system counted it, before the record of the session is made [I.3-6]. */
function measure(
  state: StateReader,
  { agreement, ...line }: ProseArgs<'MeasureSession'>,
  { account, nowMs: atMs }: CommandContext,
  needs: ProseNeeds,
): Decided {
  const operator = state.read(tables.open, agreement);
  if (operator === undefined) return fail(codes.NO_OPEN_SESSION);
  const { resource, provider: serviceNode, customer: userNode } = needs.agreement(agreement);
  if (serviceNode !== account) return fail(codes.NOT_THE_SERVICE_NODE);
  if (state.read(tables.measured, agreement) !== undefined) return fail(codes.MEASURED_ALREADY);
  if (!isLine(line)) return fail(codes.MEASUREMENT_INVALID);
  const said = { agreement, resource, serviceNode, userNode, operator, ...line, atMs };
  return ok({ events: [proseEvent('SessionMeasured', said)] });
}

type Line = Omit<ProseArgs<'MeasureSession'>, 'agreement'>;

function isLine({ roundTripMs, jitterMs, lossPerMille }: Line): boolean {
  return roundTripMs <= ROUND_TRIP_MS_MAX && jitterMs <= ROUND_TRIP_MS_MAX && lossPerMille <= LOSS_PER_MILLE_MAX;
}

function evaluate(state: StateReader, args: ProseArgs<'EvaluateSession'>, ctx: CommandContext): Decided {
  const { agreement, score, ...line } = args;
  const session = state.read(tables.sessions, agreement);
  if (session === undefined) return fail(codes.SESSION_UNKNOWN);
  if (session.userNode !== ctx.account) return fail(codes.NOT_THE_USER);
  if (session.isEvaluated) return fail(codes.EVALUATED_ALREADY);
  if (ctx.nowMs > session.recordedMs + EVALUATION_MS_MAX) return fail(codes.TOO_LATE);
  if (score < SCORE_MIN || score > SCORE_MAX || !isLine(line)) return fail(codes.EVALUATION_INVALID);
  const { resource, serviceNode, userNode, operator } = session;
  const said = { agreement, resource, serviceNode, userNode, operator, score, ...line, atMs: ctx.nowMs };
  const before = readStanding(state, serviceNode);
  const standing = { ...before, evaluations: before.evaluations + 1n, scoreSum: before.scoreSum + score };
  return ok({ events: [proseEvent('SessionEvaluated', said), standingChanged(serviceNode, standing)] });
}

/** What everybody may know of a service node, after a session or an evaluation. */
export function standingChanged(serviceNode: bigint, standing: Standing): ProseEvent {
  return proseEvent('StandingChanged', { serviceNode, ...standing });
}

export function evolve(state: StateWriter, event: ProseEvent): void {
  switch (event.type) {
    case 'TariffPublished': {
      const { operator, microPerMinute, budgetMicro } = event;
      if (microPerMinute === 0n) state.erase(tables.tariffs, operator);
      else state.write(tables.tariffs, operator, { microPerMinute, budgetMicro });
      return;
    }
    case 'PoolJoined': {
      const { resource, owner, operator, cell, atMs: joinedMs } = event;
      state.write(tables.members, resource, { owner, operator, cell, joinedMs });
      writeOwned(state, owner, [...(state.read(tables.byOwner, owner) ?? []), resource].toSorted(ascending));
      count(state, operator, 1n);
      return;
    }
    case 'PoolLeft': {
      const { resource, owner, operator } = event;
      state.erase(tables.members, resource);
      const others = (state.read(tables.byOwner, owner) ?? []).filter((other) => other !== resource);
      writeOwned(state, owner, others);
      count(state, operator, -1n);
      return;
    }
    case 'SessionRecorded':
      record(state, event);
      return;
    case 'SessionMeasured':
      state.write(tables.measured, event.agreement, event.atMs);
      return;
    case 'SessionEvaluated': {
      const session = state.read(tables.sessions, event.agreement);
      assert(session !== undefined, 'a session that is evaluated was recorded');
      state.write(tables.sessions, event.agreement, { ...session, isEvaluated: true });
      return;
    }
    case 'StandingChanged': {
      const { sessions, begunSessions, keptPerMilleSum, disconnects, evaluations, scoreSum } = event;
      const standing = { sessions, begunSessions, keptPerMilleSum, disconnects, evaluations, scoreSum };
      state.write(tables.standings, event.serviceNode, standing);
      return;
    }
    case 'OperatorPaid':
      paid(state, event);
      return;
  }
}

function writeOwned(state: StateWriter, owner: bigint, resources: bigint[]): void {
  if (resources.length === 0) state.erase(tables.byOwner, owner);
  else state.write(tables.byOwner, owner, resources);
}

function count(state: StateWriter, operator: bigint, change: bigint): void {
  const members = (state.read(tables.counts, operator) ?? 0n) + change;
  assert(members >= 0n, 'nobody leaves who did not join');
  if (members === 0n) state.erase(tables.counts, operator);
  else state.write(tables.counts, operator, members);
}

function record(state: StateWriter, event: Extract<ProseEvent, { type: 'SessionRecorded' }>): void {
  const { agreement, resource, serviceNode, userNode, operator, paidMs, dueMicro, atMs: recordedMs } = event;
  state.erase(tables.open, agreement);
  state.erase(tables.measured, agreement);
  const session = { resource, serviceNode, userNode, operator, recordedMs, isEvaluated: false };
  state.write(tables.sessions, agreement, session);
  if (dueMicro === 0n) return;
  const accrual = state.read(tables.accruals, operator) ?? { budgetMicro: 0n, payees: [] };
  const budgetMicro = state.read(tables.tariffs, operator)?.budgetMicro ?? accrual.budgetMicro;
  const before = accrual.payees.find(({ account }) => account === serviceNode);
  const others = accrual.payees.filter((payee) => payee !== before);
  const payee = {
    account: serviceNode,
    sessions: (before?.sessions ?? 0n) + 1n,
    paidMs: (before?.paidMs ?? 0n) + paidMs,
    dueMicro: (before?.dueMicro ?? 0n) + dueMicro,
  };
  state.write(tables.accruals, operator, { budgetMicro, payees: [...others, payee] });
}

function paid(state: StateWriter, { operator, to }: Extract<ProseEvent, { type: 'OperatorPaid' }>): void {
  const accrual = state.read(tables.accruals, operator);
  assert(accrual !== undefined, 'what is paid was owed');
  const payees = accrual.payees.filter(({ account }) => account !== to);
  if (payees.length === 0) state.erase(tables.accruals, operator);
  else state.write(tables.accruals, operator, { ...accrual, payees });
}

/** An order of a relay that is in the pool: its session is recorded when it is settled, also where the relay has left by then. */
export function evolveReserved(
  state: StateWriter,
  { agreement, resource }: { readonly agreement: bigint; readonly resource: bigint },
): void {
  const member = readMember(state, resource);
  if (member !== undefined) state.write(tables.open, agreement, member.operator);
}
