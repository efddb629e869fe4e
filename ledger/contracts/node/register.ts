import { pastMoment } from '#ledger/contracts/shared/clock.ts';
import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { failedRules, rulesFault, type AccessRule } from './access.ts';
import {
  REGISTERED_CLASSES,
  REPORT_CAUSE_NAMES,
  nodeCodes as codes,
  nodeDefinition,
  nodeEvent,
  type ChangeReason,
  type NodeArgs,
  type NodeCommand,
  type NodeEvent,
  type RegisteredStatus,
  type ReportCause,
} from './definition.ts';
import { isEndpoint, isName, versionOf } from './node-words.ts';
import { nodeTables, readNode, readRoster } from './record.ts';
import * as shares from './shares.ts';
import {
  NOTHING_REPORTED,
  changeRegistered,
  isOff,
  nodeOfKey,
  readAccessRules,
  readRegistered,
  registeredOf,
  registerTables,
  type Found,
} from './register-record.ts';

/** Nodes that register themselves: from their own statement to their end. Every change of status is an event [8.2.2-b]. */

/** What the register asks of other contracts. */
export interface RegisterNeeds<Event> extends shares.SharesNeeds {
  hasRole(account: bigint, role: 'NRNSP' | 'NRNSM'): boolean;
  roles(account: bigint): readonly string[];
  credit(account: bigint): bigint;
  probationMs(): bigint;
  silenceMs(): bigint;
  /** Takes what a key serves off the list, or, where `sinceMs` is 0, puts it back. */
  setReachability(
    of: Served & { node: bigint; cause: ReportCause | 'restored'; sinceMs: bigint; atMs: bigint },
  ): readonly Event[];
  /** Ends running orders of a key, so many of them; `isMore` when others are left. */
  failOrders(of: Served, nowMs: bigint): { readonly decision: Decision<Event>; readonly isMore: boolean };
}

/** An account's key that serves. */
interface Served {
  readonly operator: bigint;
  readonly key: bigint;
}

type RegisterCommand = Exclude<NodeCommand, { method: 'ProposeAccessRules' }>;

export function decide<Event>(
  state: StateReader,
  command: RegisterCommand,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Decision<NodeEvent | Event>> {
  switch (command.method) {
    case 'RegisterNode':
      return register(state, command.args, ctx);
    case 'UpdateNode':
      return update(state, command.args, ctx);
    case 'AdmitNode':
      return admit(state, command.args, ctx, needs);
    case 'ReportNode':
      return report(state, command.args, ctx, needs);
    case 'RestoreNode':
      return restore(state, command.args, ctx, needs);
    case 'RetireNode':
      return retire(state, command.args, ctx, needs);
    case 'DeclareShares': {
      const found = find(state, command.args.node);
      return found.ok ? shares.declare(found.value, command.args, ctx) : found;
    }
    case 'ShiftShares': {
      const found = findForMaintainer(state, command.args.node, ctx, needs);
      return found.ok ? shares.shift(state, found.value, { args: command.args, ctx, needs }) : found;
    }
  }
}

function register(
  state: StateReader,
  args: NodeArgs<'RegisterNode'>,
  ctx: CommandContext,
): Result<Decision<NodeEvent>> {
  const { account: operator, key, signer: address, nowMs: atMs } = ctx;
  if (key === 0n) return fail(codes.NODE_KEY_REQUIRED);
  const kind = REGISTERED_CLASSES.find((known) => known === args.class);
  if (kind === undefined) return fail(codes.CLASS_INVALID);
  if (!isName(args.name)) return fail(codes.NAME_INVALID);
  const fault = wordsFault(args);
  if (fault !== undefined) return fail(codes[fault]);
  const earlier = nodeOfKey(state, operator, key)?.record;
  if (earlier !== undefined && (earlier.status !== 'retired' || isOff(earlier))) return fail(codes.KEY_REGISTERED);
  const node = readRoster(state).nextNode;
  const { name, software, endpoint } = args;
  const facts = { node, name, class: kind, operator, key, address, software, endpoint, atMs };
  return ok({ events: [nodeEvent('NodeRegistered', facts)], data: { node } });
}

function wordsFault({
  software,
  endpoint,
}: NodeArgs<'UpdateNode'>): 'SOFTWARE_INVALID' | 'ENDPOINT_INVALID' | undefined {
  if (versionOf(software) === undefined) return 'SOFTWARE_INVALID';
  return isEndpoint(endpoint) ? undefined : 'ENDPOINT_INVALID';
}

function update(state: StateReader, args: NodeArgs<'UpdateNode'>, ctx: CommandContext): Result<Decision<NodeEvent>> {
  if (ctx.key === 0n) return fail(codes.NODE_KEY_REQUIRED);
  const own = nodeOfKey(state, ctx.account, ctx.key);
  if (own === undefined || own.record.status === 'retired') return fail(codes.NODE_UNKNOWN);
  const fault = wordsFault(args);
  if (fault !== undefined) return fail(codes[fault]);
  const { software, endpoint } = args;
  const facts = { node: own.node, operator: ctx.account, software, endpoint, atMs: ctx.nowMs };
  return ok({ events: [nodeEvent('NodeUpdated', facts)] });
}

function find(state: StateReader, node: bigint): Result<Found> {
  const record = readRegistered(state, node);
  if (record !== undefined) return ok({ node, record });
  return fail(readNode(state, node) === undefined ? codes.NODE_UNKNOWN : codes.NODE_IS_VALIDATOR);
}

function admit<Event>(
  state: StateReader,
  args: NodeArgs<'AdmitNode'>,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Decision<NodeEvent>> {
  if (!needs.hasRole(ctx.account, 'NRNSP')) return fail(codes.NETWORK_ROLE_REQUIRED);
  const found = find(state, args.node);
  if (!found.ok) return found;
  const { node, record } = found.value;
  if (record.status !== 'registered') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  const { operator: account, failedAttempts } = record;
  const operator = { account, roles: needs.roles(account), credit: needs.credit(account) };
  const failed = failedRules(readAccessRules(state), { operator, node: record, nowMs: ctx.nowMs });
  if (failed.length > 0) {
    const facts = { node, operator: account, by: ctx.account, failed, atMs: ctx.nowMs };
    return ok({ events: [nodeEvent('NodeAdmissionRefused', { ...facts, failedAttempts: failedAttempts + 1n })] });
  }
  const change = { to: 'probation', by: ctx.account, reason: 'admitted', atMs: ctx.nowMs } as const;
  return ok({ events: [statusChanged(found.value, change)], due: [probation(node, ctx.nowMs, needs)] });
}

function report<Event>(
  state: StateReader,
  args: NodeArgs<'ReportNode'>,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Decision<NodeEvent | Event>> {
  const found = findForMaintainer(state, args.node, ctx, needs);
  if (!found.ok) return found;
  const { node, record } = found.value;
  if (record.status !== 'probation' && record.status !== 'active') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  const cause = REPORT_CAUSE_NAMES.find((known) => known === args.cause);
  if (cause === undefined) return fail(codes.CAUSE_INVALID);
  const { nowMs: atMs, account: by } = ctx;
  const sinceMs = pastMoment(args.sinceMs, atMs);
  if (sinceMs === undefined || sinceMs < record.registeredAtMs) return fail(codes.SINCE_INVALID);
  const { operator, key } = record;
  const changed = statusChanged(found.value, { to: 'suspended', by, reason: cause, atMs, sinceMs });
  const cancel = [waiting(node, 'probation')];
  const off = needs.setReachability({ operator, key, node, cause, sinceMs, atMs });
  return ok({
    events: [changed, ...off],
    due: [{ atMs: atMs + needs.silenceMs(), ...waiting(node, 'silence') }],
    cancel,
  });
}

function findForMaintainer<Event>(
  state: StateReader,
  node: bigint,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Found> {
  const mayAct = needs.hasRole(ctx.account, 'NRNSM') || needs.hasRole(ctx.account, 'NRNSP');
  return mayAct ? find(state, node) : fail(codes.NETWORK_ROLE_REQUIRED);
}

/** Back, and to be watched: what the ledger itself can see of its return is a signature of its key. */
function restore<Event>(
  state: StateReader,
  args: NodeArgs<'RestoreNode'>,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Decision<NodeEvent | Event>> {
  const found = findForMaintainer(state, args.node, ctx, needs);
  if (!found.ok) return found;
  const { node, record } = found.value;
  if (record.status !== 'suspended') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  if (record.heardAtMs === 0n) return fail(codes.NODE_NOT_HEARD);
  const { operator, key } = record;
  const atMs = ctx.nowMs;
  const changed = statusChanged(found.value, { to: 'probation', by: ctx.account, reason: 'restored', atMs });
  const back = { operator, key, node, cause: 'restored', sinceMs: 0n, atMs } as const;
  return ok({ events: [changed, ...needs.setReachability(back)], due: [probation(node, atMs, needs)] });
}

function retire<Event>(
  state: StateReader,
  args: NodeArgs<'RetireNode'>,
  ctx: CommandContext,
  needs: RegisterNeeds<Event>,
): Result<Decision<NodeEvent>> {
  const found = find(state, args.node);
  if (!found.ok) return found;
  const { node, record } = found.value;
  const isOperator = record.operator === ctx.account;
  if (!isOperator && !needs.hasRole(ctx.account, 'NRNSP')) return fail(codes.NOT_THE_OPERATOR);
  if (record.status === 'retired') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  const reason = isOperator ? 'retired-by-operator' : 'retired-by-node-provider';
  const changed = statusChanged(found.value, { to: 'retired', by: ctx.account, reason, atMs: ctx.nowMs });
  return ok({ events: [changed], cancel: [waiting(node, 'probation')] });
}

/** A key was revoked: its node is no more. What waits for its silence goes on waiting: nobody can break that silence now. */
export function keyRevoked(state: StateReader, of: Served & { nowMs: bigint }): Decision<NodeEvent> {
  const found = nodeOfKey(state, of.operator, of.key);
  if (found === undefined || found.record.status === 'retired') return { events: [] };
  const change = { to: 'retired', by: of.operator, reason: 'key-revoked', atMs: of.nowMs } as const;
  return { events: [statusChanged(found, change)], cancel: [waiting(found.node, 'probation')] };
}

/** The first transaction that a reported node's key signed and the ledger took: its orders go on, and it can be restored. */
export function heard(state: StateReader, of: Served & { nowMs: bigint }): Decision<NodeEvent> {
  const found = nodeOfKey(state, of.operator, of.key);
  if (found === undefined || !isOff(found.record) || found.record.heardAtMs !== 0n) return { events: [] };
  const { node } = found;
  const facts = { node, operator: of.operator, atMs: of.nowMs };
  return { events: [nodeEvent('NodeHeard', facts)], cancel: [waiting(node, 'silence')] };
}

/** Probation is over, or a reported node's key has stayed silent: its orders fail, so many at a time. */
export function due<Event>(
  state: StateReader,
  item: { kind: 'probation' | 'silence'; subject: bigint },
  { nowMs }: { nowMs: bigint },
  needs: RegisterNeeds<Event>,
): Decision<NodeEvent | Event> {
  const node = item.subject;
  const record = registeredOf(state, node);
  if (item.kind === 'probation') {
    assert(record.status === 'probation', 'the end of a probation is awaited only during it');
    const change = { to: 'active', by: 0n, reason: 'probation-over', atMs: nowMs } as const;
    return { events: [statusChanged({ node, record }, change)] };
  }
  assert(isOff(record) && record.heardAtMs === 0n, 'only a reported node that was not heard is waited for');
  const { decision, isMore } = needs.failOrders(record, nowMs);
  const more = isMore ? [{ atMs: nowMs, ...waiting(node, 'silence') }] : [];
  return { ...decision, due: [...(decision.due ?? []), ...more] };
}

function statusChanged(
  { node, record }: Found,
  change: { to: RegisteredStatus; by: bigint; reason: ChangeReason; atMs: bigint; sinceMs?: bigint },
): NodeEvent {
  const { operator, status: from } = record;
  return nodeEvent('NodeStatusChanged', { node, operator, from, sinceMs: 0n, ...change });
}

function probation<Event>(node: bigint, nowMs: bigint, needs: Pick<RegisterNeeds<Event>, 'probationMs'>): DueItem {
  return { atMs: nowMs + needs.probationMs(), ...waiting(node, 'probation') };
}

function waiting(node: bigint, kind: 'probation' | 'silence'): Omit<DueItem, 'atMs'> {
  return { contract: nodeDefinition.id, kind, subject: node };
}

/** May these be proposed as the rules for access? */
export function checkAccessRules(rules: readonly AccessRule[]): Result<undefined> {
  const fault = rulesFault(rules);
  return fault === undefined ? ok(undefined) : fail(codes[fault]);
}

export function changeAccessRules(rules: AccessRule[], proposal: bigint): NodeEvent {
  return nodeEvent('AccessRulesChanged', { rules, proposal });
}

export type RegisterEvent = Extract<
  NodeEvent,
  {
    type:
      | 'NodeRegistered'
      | 'NodeUpdated'
      | 'NodeAdmissionRefused'
      | 'NodeStatusChanged'
      | 'NodeHeard'
      | 'AccessRulesChanged';
  }
>;

export function evolve(state: StateWriter, event: RegisterEvent): void {
  switch (event.type) {
    case 'NodeRegistered':
      enlist(state, event);
      return;
    case 'NodeUpdated': {
      const { software, endpoint } = event;
      changeRegistered(state, event.node, { software, endpoint });
      return;
    }
    case 'NodeAdmissionRefused':
      changeRegistered(state, event.node, { failedAttempts: event.failedAttempts });
      return;
    case 'NodeStatusChanged':
      changeStatus(state, event);
      return;
    case 'NodeHeard':
      changeRegistered(state, event.node, { heardAtMs: event.atMs });
      return;
    case 'AccessRulesChanged':
      state.write(registerTables.accessRules, 0n, event.rules);
      return;
  }
}

type Registered = Extract<RegisterEvent, { type: 'NodeRegistered' }>;

function enlist(state: StateWriter, event: Registered): void {
  const { contract: _contract, version: _version, type: _type, node, atMs, ...said } = event;
  const earlier = nodeOfKey(state, event.operator, event.key)?.record;
  const { failedAttempts, suspensions } = earlier ?? { failedAttempts: 0n, suspensions: 0n };
  const counted = { failedAttempts, suspensions, registeredAtMs: atMs, changedAtMs: atMs };
  state.write(registerTables.registered, node, { ...said, status: 'registered', ...counted, ...NOTHING_REPORTED });
  state.write(registerTables.keys, keyId(event.operator, event.key), node);
  state.write(nodeTables.roster, 0n, { ...readRoster(state), nextNode: node + 1n });
}

type StatusChange = Extract<RegisterEvent, { type: 'NodeStatusChanged' }>;

function changeStatus(state: StateWriter, event: StatusChange): void {
  const { node, to: status, reason, sinceMs, atMs } = event;
  const change = { status, changedAtMs: atMs };
  const cause = REPORT_CAUSE_NAMES.find((known) => known === reason);
  if (cause !== undefined) {
    const suspensions = registeredOf(state, node).suspensions + 1n;
    const reported = { cause, sinceMs, reportedAtMs: atMs, heardAtMs: 0n };
    changeRegistered(state, node, { ...change, suspensions, ...reported });
    return;
  }
  changeRegistered(state, node, reason === 'restored' ? { ...change, ...NOTHING_REPORTED } : change);
}
