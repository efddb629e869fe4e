import { type AgreementEvent, type AgreementStatus, type EndReason, agreementDefinition } from './definition.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { brokenBy } from './end-reason.ts';

/** Times are 0 until they are known. */
export type AgreementRecord = {
  customer: bigint;
  provider: bigint;
  resource: bigint;
  strategyVersion: bigint;
  purpose: string;
  fieldOfBusiness: string;
  format: string;
  durationMs: bigint;
  callsMax: bigint;
  bytesMax: bigint;
  priceUnit: string;
  priceMicro: bigint;
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

/** What stays of a reservation; columns and row filter stand in the strategy's version. */
export function newRecord(event: Extract<AgreementEvent, { type: 'AgreementReserved' }>): AgreementRecord {
  const { contract: _contract, version: _version, type: _type, agreement: _agreement, hold: _hold, ...offered } = event;
  const { columns: _columns, rowFilter: _filter, sourceId: _source, ...terms } = offered;
  const times = { startsAtMs: 0n, endsAtMs: 0n, endedAtMs: 0n, settleAtMs: 0n };
  return { ...terms, ...times, status: 'reserved', endReason: '', issue: 0n, isReissuePending: false };
}

/** Replaces some fields of a record that is there. */
export function change(state: StateWriter, agreement: bigint, fields: Partial<AgreementRecord>): void {
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'an event names an existing agreement');
  state.write(agreementTables.agreements, agreement, { ...record, ...fields });
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
