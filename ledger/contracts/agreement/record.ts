import type { EventOf } from '#ledger/contracts/shared/definition.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { agreementDefinition, type AgreementStatus, type EndReason } from './definition.ts';
import { brokenBy } from './end-reason.ts';

/** Times are 0 until they are known. Prices, ways and promise stand in the strategy's version. */
export type AgreementRecord = {
  /** Id of the order's first agreement. */
  order: bigint;
  part: bigint;
  /** The part that it took the place of; 0 for none. */
  replaces: bigint;
  /** The agreement whose stored things it takes over; 0 for none. */
  continues: bigint;
  /** The one that takes over its room and what it stored; 0 for none. */
  continuedBy: bigint;
  /** Number of the order's next part; kept with its first. */
  nextPart: bigint;
  backup: Struct<'Backup'>[];
  customer: bigint;
  provider: bigint;
  resource: bigint;
  strategyVersion: bigint;
  purpose: string;
  fieldOfBusiness: string;
  choices: Term[];
  amounts: Quantity[];
  durationMs: bigint;
  holdMicro: bigint;
  feePerMille: bigint;
  agentKey: bigint;
  intervalMs: bigint;
  reservedAtMs: bigint;
  prepareByMs: bigint;
  status: AgreementStatus;
  startsAtMs: bigint;
  endsAtMs: bigint;
  endedAtMs: bigint;
  settleAtMs: bigint;
  endReason: EndReason | '';
  /** Number of the newest descriptor; 0 before the first. */
  issue: bigint;
  /** Key that the newest, or the awaited, descriptor is sealed to. */
  encryptionKey: Uint8Array;
  isReissuePending: boolean;
  /** What it stored stays until then at least; 0 before the end, and when it stored nothing. */
  graceUntilMs: bigint;
  /** When its provider reported that what it stored is erased; 0 before. */
  erasedAtMs: bigint;
};
/** What others see of an account's past orders; both parties' orders count. */
export type HistoryRecord = { completed: bigint; broken: bigint };

export const agreementTables = {
  /** id 0: next agreement and next refused application. */
  counters: { contract: agreementDefinition.id, table: 0 } as Table<{ nextAgreement: bigint; nextApplication: bigint }>,
  agreements: { contract: agreementDefinition.id, table: 1 } as Table<AgreementRecord>,
  /** Under the account. */
  histories: { contract: agreementDefinition.id, table: 2 } as Table<HistoryRecord>,
} as const;

/** What stays of a reservation; what the strategy says stands in its version. */
export function newRecord(event: EventOf<typeof agreementDefinition, 'AgreementReserved'>): AgreementRecord {
  const {
    contract: _contract,
    version: _version,
    type: _type,
    agreement: _agreement,
    kind: _kind,
    ...reserved
  } = event;
  const { ways: _ways, prices: _prices, promise: _promise, degradedPerMille: _degraded, ...offered } = reserved;
  const { sourceId: _source, ...terms } = offered;
  const times = { startsAtMs: 0n, endsAtMs: 0n, endedAtMs: 0n, settleAtMs: 0n, graceUntilMs: 0n, erasedAtMs: 0n };
  const isFirst = event.agreement === event.order;
  const order = { nextPart: isFirst ? event.part + 1n : 0n, continuedBy: 0n };
  return { ...terms, ...order, ...times, status: 'reserved', endReason: '', issue: 0n, isReissuePending: false };
}

/** Replaces some fields of a record that is there. */
export function change(state: StateWriter, agreement: bigint, fields: Partial<AgreementRecord>): void {
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'an event names an existing agreement');
  state.write(agreementTables.agreements, agreement, { ...record, ...fields });
}

/** Whether its amounts are taken from the resource's capacity: while it runs, and until what it stored is erased; of two that follow each other, those of the later. */
export function takesRoom({ endedAtMs, graceUntilMs, erasedAtMs, continuedBy }: AgreementRecord): boolean {
  const isThere = endedAtMs === 0n || (graceUntilMs !== 0n && erasedAtMs === 0n);
  return isThere && continuedBy === 0n;
}

/** Counts an ended order in both parties’ histories. */
export function remember(
  state: StateWriter,
  ended: { customer: bigint; provider: bigint; to: AgreementStatus; reason: EndReason },
): void {
  const broken = brokenBy(ended.reason);
  for (const party of ['customer', 'provider'] as const) {
    const history = readHistory(state, ended[party]);
    const completed = ended.to === 'completed' ? history.completed + 1n : history.completed;
    const record = { completed, broken: broken === party ? history.broken + 1n : history.broken };
    const isChanged = record.completed !== history.completed || record.broken !== history.broken;
    if (isChanged) state.write(agreementTables.histories, ended[party], record);
  }
}

export function readAgreement(state: StateReader, agreement: bigint): AgreementRecord | undefined {
  return state.read(agreementTables.agreements, agreement);
}

export function readHistory(state: StateReader, account: bigint): HistoryRecord {
  return state.read(agreementTables.histories, account) ?? { completed: 0n, broken: 0n };
}

export function readCounters(state: StateReader): { nextAgreement: bigint; nextApplication: bigint } {
  return state.read(agreementTables.counters, 0n) ?? { nextAgreement: 1n, nextApplication: 1n };
}
