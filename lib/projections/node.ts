import {
  REPORT_CAUSE_NAMES,
  type NodeEvent,
  type NodeStatus,
  type ReportCause,
} from '#ledger/contracts/node/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { toJson, type EventContext } from './context.ts';
import { add, insert, set, type Row, type RowChange } from './row-change.ts';

/** What a node begins with, of whatever class. */
const NOTHING_YET = {
  key: 0n,
  publicKey: '',
  software: '',
  endpoint: '',
  failedAttempts: 0n,
  suspensions: 0n,
  equivocations: 0n,
  changesAtMs: null,
  reason: '',
  cause: null,
  sinceMs: null,
  reportedAtMs: null,
  heardAtMs: null,
  refused: null,
  credit: null,
} as const;

function validatorRow(
  event: Extract<NodeEvent, { type: 'NodeFounded' | 'NodeAdmitted' }>,
  rest: Pick<Row<'nodes'>, 'operator' | 'changesAtMs'> & { status: NodeStatus },
): RowChange {
  const { node: id, name, atMs } = event;
  const keys = { publicKey: toHex(event.publicKey), address: toHex(event.address) };
  const times = { registeredAtMs: atMs, changedAtMs: atMs };
  return insert('nodes', { ...NOTHING_YET, id, name, ...keys, class: 'consensus', ...times, ...rest });
}

type Registered = Extract<NodeEvent, { type: 'NodeRegistered' }>;

function registeredRow(event: Registered): RowChange {
  const { node: id, name, operator, key, software, endpoint, atMs } = event;
  const said = { name, operator, key, software, endpoint, address: toHex(event.address), class: event.class };
  const times = { registeredAtMs: atMs, changedAtMs: atMs };
  return insert('nodes', { ...NOTHING_YET, id, ...said, status: 'registered', ...times });
}

type StatusChange = Extract<NodeEvent, { type: 'NodeStatusChanged' }>;

/** What was reported stays when the node retires while it is suspended, like on the ledger. */
function changed(event: StatusChange, context: EventContext): RowChange[] {
  const { node, from, to, by, reason, atMs } = event;
  const { height, phase, index, sequence, tx } = context;
  const isReport = REPORT_CAUSE_NAMES.includes(reason as ReportCause);
  const sinceMs = isReport ? event.sinceMs : null;
  const place = { node, height, phase, index, sequence };
  const row = insert('node_changes', { ...place, from, to, by, reason, sinceMs, atMs, tx });
  const status = { status: to, changedAtMs: atMs, reason };
  if (isReport) {
    const fault = { cause: reason, sinceMs, reportedAtMs: atMs, heardAtMs: null };
    return [row, set('nodes', { id: node }, { ...status, ...fault }), add('nodes', { id: node }, { suspensions: 1n })];
  }
  const over = reason === 'restored' ? { cause: null, sinceMs: null, reportedAtMs: null, heardAtMs: null } : {};
  return [row, set('nodes', { id: node }, { ...status, ...over })];
}

type SharesEvent = Extract<NodeEvent, { type: 'SharesDeclared' | 'SharesShifted' }>;

function sharesRow(
  event: SharesEvent,
  {
    by,
    key,
    from,
    to,
    millicores,
    reason,
  }: Pick<Row<'node_shares'>, 'by' | 'key' | 'from' | 'to' | 'millicores' | 'reason'>,
  { height, phase, index, sequence, tx }: EventContext,
): RowChange {
  const { node, consensusMillicores, serviceMillicores, reserveMillicores, atMs } = event;
  const shares = { consensusMillicores, serviceMillicores, reserveMillicores };
  const change = { by, key, from, to, millicores, reason };
  return insert('node_shares', { node, height, phase, index, sequence, ...change, ...shares, atMs, tx });
}

/** `changesAtMs` is the time from which a validator's decided entry or removal may happen; null when none is decided. */
export function projectNode(event: NodeEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'NodeFounded':
      return [validatorRow(event, { operator: event.operator, status: 'validating', changesAtMs: null })];
    case 'NodeAdmitted':
      return [validatorRow(event, { operator: event.operator, status: 'waiting', changesAtMs: event.entersAtMs })];
    case 'NodeRemovalDecided':
      return [nodeSet(event, { status: 'leaving', changedAtMs: event.atMs, changesAtMs: event.leavesAtMs })];
    case 'ValidatorSetChanged': {
      const status = event.power === 1n ? 'validating' : 'retired';
      return [nodeSet(event, { status, changedAtMs: event.atMs, changesAtMs: null })];
    }
    case 'ValidatorStandingChanged': {
      const changesAtMs = event.changesAtMs === 0n ? null : event.changesAtMs;
      return [nodeSet(event, { status: event.to, changedAtMs: event.atMs, changesAtMs })];
    }
    case 'NodeRemovalDropped':
      return [nodeSet(event, { status: 'validating', changedAtMs: event.atMs, changesAtMs: null })];
    case 'EquivocationRecorded':
      return [nodeSet(event, { equivocations: event.equivocations })];
    case 'NodeRegistered':
      return [registeredRow(event)];
    case 'NodeUpdated':
      return [nodeSet(event, { software: event.software, endpoint: event.endpoint })];
    case 'NodeAdmissionRefused': {
      const { by, atMs, failed, failedAttempts } = event;
      return [nodeSet(event, { failedAttempts, refused: toJson({ by, atMs, failed }) })];
    }
    case 'NodeStatusChanged':
      return changed(event, context);
    case 'NodeHeard':
      return [nodeSet(event, { heardAtMs: event.atMs })];
    case 'SharesDeclared':
      return [sharesRow(event, { by: event.operator, key: 0n, from: '', to: '', millicores: 0n, reason: '' }, context)];
    case 'SharesShifted':
      return [sharesRow(event, event, context)];
    case 'AccessRulesChanged': {
      const { rules, proposal } = event;
      return [set('access_rules', { id: 0n }, { rules: toJson(rules), proposal })];
    }
  }
}

function nodeSet({ node: id }: { node: bigint }, values: Partial<Row<'nodes'>>): RowChange {
  return set('nodes', { id }, values);
}
