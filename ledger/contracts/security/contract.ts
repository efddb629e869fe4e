import type { NodeClass } from '#ledger/contracts/node/definition.ts';
import { pastMoment } from '#ledger/contracts/shared/clock.ts';
import { isLine } from '#ledger/contracts/shared/line.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  COMMAND_LIFE_MS_MAX,
  DETECTED_AGO_MS_MAX,
  INCIDENTS_MAX,
  STEPS_MAX,
  TEXT_MAX,
  securityCodes as codes,
  securityEvent,
  type SecurityArgs,
  type SecurityCommand,
  type SecurityEvent,
} from './definition.ts';
import { openIncidentOf, readIncident, readSecurityCounters, securityTables, type IncidentRecord } from './record.ts';
import {
  CLOSINGS,
  INCIDENT_CAUSE_NAMES,
  MANUAL_OUTCOMES,
  MANUAL_STEP_NAMES,
  STEP_OUTCOMES,
  findRepairCommand,
  isRepair,
  type ManualStep,
  type RepairCommand,
  type StepOutcome,
} from './repair-words.ts';

export interface SecurityNeeds {
  isMaintainer(account: bigint): boolean;
  /** undefined for one that there never was. `key` 0: none that its operator authorised, as of a validator. */
  node(
    node: bigint,
  ):
    { readonly operator: bigint; readonly key: bigint; readonly class: NodeClass; readonly status: string } | undefined;
}

type Decided = Result<Decision<SecurityEvent>>;

export function decide(
  state: StateReader,
  command: SecurityCommand,
  ctx: CommandContext,
  needs: SecurityNeeds,
): Decided {
  if (command.method === 'AnswerRepair') return answer(state, command.args, ctx, needs);
  if (!needs.isMaintainer(ctx.account)) return fail(codes.MAINTAINER_ROLE_REQUIRED);
  if (command.method === 'OpenIncident') return open(state, command.args, ctx, needs);
  const record = readIncident(state, command.args.incident);
  if (record === undefined) return fail(codes.INCIDENT_UNKNOWN);
  switch (command.method) {
    case 'AcknowledgeIncident':
      return acknowledge(record, command.args, ctx);
    case 'CommandRepair':
      return order(record, command.args, ctx, needs);
    case 'RecordRepairStep':
      return recordStep(record, command.args, ctx);
    case 'CloseIncident':
      return close(record, command.args, ctx, needs);
  }
}

function open(
  state: StateReader,
  args: SecurityArgs<'OpenIncident'>,
  { account: by, nowMs: atMs }: CommandContext,
  needs: SecurityNeeds,
): Decided {
  const { node } = args;
  const known = needs.node(node);
  if (known === undefined || known.status === 'retired') return fail(codes.NODE_UNKNOWN);
  const cause = INCIDENT_CAUSE_NAMES.find((name) => name === args.cause);
  if (cause === undefined) return fail(codes.CAUSE_INVALID);
  const detectedMs = pastMoment(args.detectedMs, atMs);
  if (detectedMs === undefined || detectedMs + DETECTED_AGO_MS_MAX < atMs) return fail(codes.DETECTED_INVALID);
  if (openIncidentOf(state, node) !== undefined) return fail(codes.INCIDENT_OPEN_ALREADY);
  const { nextIncident: incident, open: isOpen } = readSecurityCounters(state);
  if (isOpen >= BigInt(INCIDENTS_MAX)) return fail(codes.TOO_MANY_INCIDENTS);
  const { operator } = known;
  const event = securityEvent('IncidentOpened', { incident, node, operator, cause, by, detectedMs, atMs });
  return ok({ events: [event], data: { incident } });
}

function acknowledge(
  { node, operator, acknowledgedBy }: IncidentRecord,
  { incident }: SecurityArgs<'AcknowledgeIncident'>,
  { account: by, nowMs: atMs }: CommandContext,
): Decided {
  if (acknowledgedBy !== 0n) return fail(codes.ACKNOWLEDGED_ALREADY);
  return ok({ events: [securityEvent('IncidentAcknowledged', { incident, node, operator, by, atMs })] });
}

/** The number of the next step, where there may be one. */
function nextStep({ acknowledgedBy, steps }: IncidentRecord): Result<bigint> {
  if (acknowledgedBy === 0n) return fail(codes.NOT_ACKNOWLEDGED);
  return steps >= BigInt(STEPS_MAX) ? fail(codes.TOO_MANY_STEPS) : ok(steps + 1n);
}

/** What a node is ordered to do: by a maintainer, in an incident of its own, within a short time, one at a time. */
function order(
  record: IncidentRecord,
  args: SecurityArgs<'CommandRepair'>,
  { account: by, nowMs: atMs }: CommandContext,
  needs: SecurityNeeds,
): Decided {
  const step = nextStep(record);
  if (!step.ok) return step;
  const { incident, expiresAtMs } = args;
  const { node, operator, waiting } = record;
  const known = needs.node(node);
  assert(known !== undefined, 'an incident is about a node of the register');
  if (known.status === 'retired') return fail(codes.NODE_UNKNOWN);
  const command = findRepairCommand(args.command, known.class);
  if (command === undefined) return fail(codes.COMMAND_INVALID);
  if (expiresAtMs <= atMs || expiresAtMs > atMs + COMMAND_LIFE_MS_MAX) return fail(codes.EXPIRY_INVALID);
  if (waiting.some((before) => before.expiresAtMs > atMs)) return fail(codes.COMMAND_WAITS);
  const facts = { incident, step: step.value, node, operator, command, by, expiresAtMs, atMs };
  return ok({ events: [securityEvent('RepairCommanded', facts)], data: { step: step.value } });
}

/** The node's own key; of a validator, whose key signs votes alone, any key that its operator allowed to answer. */
function isNodeOrKeeper(
  node: { readonly key: bigint; readonly class: NodeClass },
  operator: bigint,
  { account, key }: CommandContext,
): boolean {
  return key !== 0n && account === operator && (node.class === 'consensus' || key === node.key);
}

/** Also after the command's time: that it came too late is an answer, as long as no other command followed it. */
function answer(
  state: StateReader,
  args: SecurityArgs<'AnswerRepair'>,
  ctx: CommandContext,
  needs: SecurityNeeds,
): Decided {
  const { incident, step, text } = args;
  const record = readIncident(state, incident);
  if (record === undefined) return fail(codes.INCIDENT_UNKNOWN);
  const { node, operator, waiting } = record;
  const known = needs.node(node);
  assert(known !== undefined, 'an incident is about a node of the register');
  if (!isNodeOrKeeper(known, operator, ctx)) return fail(codes.NOT_THE_NODE);
  const asked = waiting.find((one) => one.step === step);
  if (asked === undefined) return fail(codes.COMMAND_UNKNOWN);
  const outcome = STEP_OUTCOMES.find((name) => name === args.outcome);
  if (outcome === undefined) return fail(codes.OUTCOME_INVALID);
  if (!isText(text)) return fail(codes.TEXT_INVALID);
  const { command } = asked;
  const facts = { incident, step, node, operator, command, outcome, text, atMs: ctx.nowMs };
  return ok({ events: [securityEvent('RepairAnswered', facts)] });
}

function recordStep(
  record: IncidentRecord,
  args: SecurityArgs<'RecordRepairStep'>,
  { account: by, nowMs: atMs }: CommandContext,
): Decided {
  const step = nextStep(record);
  if (!step.ok) return step;
  const { incident, text } = args;
  const what = MANUAL_STEP_NAMES.find((name) => name === args.step);
  if (what === undefined) return fail(codes.STEP_INVALID);
  const outcome = MANUAL_OUTCOMES.find((name) => name === args.outcome);
  if (outcome === undefined) return fail(codes.OUTCOME_INVALID);
  if (!isText(text)) return fail(codes.TEXT_INVALID);
  const { node, operator } = record;
  const facts = { incident, step: step.value, node, operator, what, outcome, text, by, atMs };
  return ok({ events: [securityEvent('RepairStepRecorded', facts)] });
}

/** Restored is what the register bears out: a node that it has suspended or retired is not. */
function close(
  { node, operator, detectedMs, repairedAtMs, acknowledgedBy }: IncidentRecord,
  args: SecurityArgs<'CloseIncident'>,
  { account: by, nowMs: atMs }: CommandContext,
  needs: SecurityNeeds,
): Decided {
  if (acknowledgedBy === 0n) return fail(codes.NOT_ACKNOWLEDGED);
  const { incident, text } = args;
  const outcome = CLOSINGS.find((name) => name === args.outcome);
  if (outcome === undefined) return fail(codes.OUTCOME_INVALID);
  if (!isText(text)) return fail(codes.TEXT_INVALID);
  const status = needs.node(node)?.status;
  const isOut = status === 'suspended' || status === 'retired';
  if (outcome === 'restored' && isOut) return fail(codes.NODE_NOT_BACK);
  const facts = { incident, node, operator, outcome, text, by, detectedMs, repairedAtMs, atMs };
  return ok({ events: [securityEvent('IncidentClosed', facts)] });
}

function isText(text: string): boolean {
  return isLine(text, { lengthMin: 0, lengthMax: TEXT_MAX });
}

export function evolve(state: StateWriter, event: SecurityEvent): void {
  const { incident, node } = event;
  switch (event.type) {
    case 'IncidentOpened': {
      const { operator, detectedMs } = event;
      const counters = readSecurityCounters(state);
      state.write(securityTables.counters, 0n, { nextIncident: incident + 1n, open: counters.open + 1n });
      const nothingYet = { acknowledgedBy: 0n, steps: 0n, repairedAtMs: 0n, waiting: [] };
      state.write(securityTables.incidents, incident, { node, operator, detectedMs, ...nothingYet });
      state.write(securityTables.nodes, node, incident);
      return;
    }
    case 'IncidentAcknowledged':
      change(state, incident, { acknowledgedBy: event.by });
      return;
    case 'RepairCommanded': {
      const { step, command, expiresAtMs } = event;
      change(state, incident, { steps: step, waiting: [{ step, command, expiresAtMs }] });
      return;
    }
    case 'RepairAnswered':
      change(state, incident, { waiting: [], ...repaired(event, event.command) });
      return;
    case 'RepairStepRecorded':
      change(state, incident, { steps: event.step, ...repaired(event, event.what) });
      return;
    case 'IncidentClosed': {
      const counters = readSecurityCounters(state);
      state.write(securityTables.counters, 0n, { ...counters, open: counters.open - 1n });
      state.erase(securityTables.incidents, incident);
      state.erase(securityTables.nodes, node);
      return;
    }
  }
}

function repaired(
  { outcome, atMs }: { outcome: StepOutcome; atMs: bigint },
  what: RepairCommand | ManualStep,
): Partial<IncidentRecord> {
  return isRepair(what, outcome) ? { repairedAtMs: atMs } : {};
}

function change(state: StateWriter, incident: bigint, fields: Partial<IncidentRecord>): void {
  const record = readIncident(state, incident);
  assert(record !== undefined, 'an event names an open incident');
  state.write(securityTables.incidents, incident, { ...record, ...fields });
}
