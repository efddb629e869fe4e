import { keyId } from '#ledger/contracts/shared/key-id.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { brokenBy, endedStatus } from './end-reason.ts';
import {
  agreementTables as tables,
  readAgreement,
  readCounters,
  type AgreementRecord,
  type HistoryRecord,
} from './record.ts';
import { identifiedOf, runningOf } from './running.ts';

/** Times fit the status of every agreement, and histories count what ended. A sentence for each fact that does not hold. */
export function agreementInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const agreements = state.scan(tables.agreements);
  agreements.forEach(([id, record], index) => {
    claim(id === BigInt(index + 1), `agreement ids are dense: ${id} stands at place ${index + 1}`);
    claim(record.customer !== record.provider, `agreement ${id} has two parties`);
    claim(timesFit(record), `the times of agreement ${id} fit its status ${record.status}`);
    claim(continuationFits(state, id, record), `agreement ${id} and the one that it continues fit each other`);
    claim(
      record.startsAtMs === 0n ? record.issue === 0n : record.issue > 0n,
      `agreement ${id} began with a descriptor`,
    );
  });
  claim(readCounters(state).nextAgreement === BigInt(agreements.length + 1), 'the next agreement id follows the last');
  return [
    ...broken,
    ...runningInvariants(state, agreements),
    ...identifiedInvariants(state, agreements),
    ...historyInvariants(state, agreements),
  ];
}

/** Each key's list names its running agreements, each once, and no other list is there. */
function runningInvariants(state: StateScanner, agreements: readonly (readonly [bigint, AgreementRecord])[]): string[] {
  const running = agreements.filter(([, { endedAtMs }]) => endedAtMs === 0n);
  const servers = new Map(
    running.map(([, { provider, agentKey }]) => [keyId(provider, agentKey), { provider, agentKey }]),
  );
  const listed = [...servers.values()].flatMap((server) => runningOf(state, server, running.length + 1));
  const isEach = new Set(listed).size === running.length && listed.length === running.length;
  const isAll = isEach && running.every(([id]) => listed.includes(id));
  const isOnly =
    state.scan(tables.newest).length === servers.size && state.scan(tables.neighbours).length === running.length;
  return isAll && isOnly ? [] : ['each key’s list names its running agreements, each once'];
}

/** Each customer's list names what it runs by an identification, the newest first, and no other list is there. */
function identifiedInvariants(
  state: StateScanner,
  agreements: readonly (readonly [bigint, AgreementRecord])[],
): string[] {
  const running = agreements.filter(([, { endedAtMs, identifiedBy }]) => endedAtMs === 0n && identifiedBy !== 0n);
  const customers = [...new Set(running.map(([, { customer }]) => customer))];
  const isListed = customers.every((customer) => {
    const own = running.filter(([, record]) => record.customer === customer).map(([id]) => id);
    const listed = identifiedOf(state, { customer }, running.length + 1);
    return listed.length === own.length && listed.every((id, index) => id === own.at(-1 - index));
  });
  const isOnly =
    state.scan(tables.identified).length === customers.length && state.scan(tables.besides).length === running.length;
  return isListed && isOnly ? [] : ['each customer’s list names what it runs by an identification, the newest first'];
}

/** Each history is what the agreements say; who has no part in any counted order has none. */
function historyInvariants(state: StateScanner, agreements: readonly (readonly [bigint, AgreementRecord])[]): string[] {
  const counted = new Map<bigint, HistoryRecord>();
  for (const [, record] of agreements) {
    if (record.endReason === '') continue;
    const breaker = brokenBy(record.endReason);
    const wasStarted = record.startsAtMs !== 0n && record.endedAtMs > record.startsAtMs;
    const isCompleted = endedStatus(record.endReason, wasStarted) === 'completed';
    for (const party of ['customer', 'provider'] as const) {
      const history = counted.get(record[party]) ?? { completed: 0n, broken: 0n };
      counted.set(record[party], {
        completed: history.completed + (isCompleted ? 1n : 0n),
        broken: history.broken + (breaker === party ? 1n : 0n),
      });
    }
  }
  const kept = new Map(state.scan(tables.histories));
  return [...new Set([...counted.keys(), ...kept.keys()])].flatMap((account) => {
    const due = counted.get(account) ?? { completed: 0n, broken: 0n };
    const history = kept.get(account) ?? { completed: 0n, broken: 0n };
    if (due.completed === history.completed && due.broken === history.broken) return [];
    return [
      `the history of account ${account} says ${history.completed} completed and ${history.broken} broken, its agreements ${due.completed} and ${due.broken}`,
    ];
  });
}

/**
 * Unless it was dropped before its window began, it has the room of the one that it continues: its customer's, on its resource, not erased, and
 * over once its own window began.
 */
function continuationFits(state: StateScanner, id: bigint, record: AgreementRecord): boolean {
  const { continues, continuedBy, customer, resource, endedAtMs, graceUntilMs, status } = record;
  if (continuedBy !== 0n && readAgreement(state, continuedBy)?.continues !== id) return false;
  if (continues === 0n) return true;
  const before = readAgreement(state, continues);
  if (before === undefined) return false;
  const wasDropped = endedAtMs !== 0n && graceUntilMs === 0n;
  if (wasDropped) return before.continuedBy !== id;
  const isOwn = before.customer === customer && before.resource === resource && before.continuedBy === id;
  const isAwaited = status === 'reserved' || status === 'prepared';
  return isOwn && before.erasedAtMs === 0n && (isAwaited || before.endedAtMs !== 0n);
}

function timesFit(record: AgreementRecord): boolean {
  const { status, reservedAtMs, prepareByMs, startsAtMs, endsAtMs, endedAtMs, settleAtMs, durationMs, endReason } =
    record;
  const { graceUntilMs, erasedAtMs } = record;
  const isWindow = startsAtMs === 0n ? endsAtMs === 0n : endsAtMs === startsAtMs + durationMs;
  const hasEnded = endedAtMs !== 0n && settleAtMs >= endedAtMs && endReason !== '';
  const isGrace = graceUntilMs === 0n || (hasEnded && startsAtMs !== 0n && graceUntilMs >= endedAtMs);
  const isErasure = erasedAtMs === 0n || (graceUntilMs !== 0n && erasedAtMs >= graceUntilMs);
  if (!isWindow || !isGrace || !isErasure || prepareByMs < reservedAtMs) return false;
  switch (status) {
    case 'reserved':
      return startsAtMs === 0n && endedAtMs === 0n && endReason === '';
    case 'prepared':
    case 'active':
      return startsAtMs !== 0n && endedAtMs === 0n && endReason === '';
    case 'completed':
    case 'terminated':
    case 'failed':
    case 'settled':
      return hasEnded && (endsAtMs === 0n || endedAtMs <= endsAtMs);
  }
}
