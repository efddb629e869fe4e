import type { EventOf } from '#ledger/contracts/shared/definition.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { agreementDefinition, type AgreementStatus, type EndReason } from './definition.ts';
import { faultIn, tally, type Billed, type FaultsRecord } from './end-reason.ts';

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
  /** The operator by whose identification of the customer it runs; 0 where it needs none. */
  identifiedBy: bigint;
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
/** Running agreements of one list, each with the next on either side. */
export type Neighbours = { before: bigint; after: bigint };
/** What others see of an account's past orders; both parties' orders count. */
export type HistoryRecord = { completed: bigint; broken: bigint };

export const agreementTables = {
  /** id 0: next agreement and next refused application. */
  counters: { contract: agreementDefinition.id, table: 0 } as Table<{ nextAgreement: bigint; nextApplication: bigint }>,
  agreements: { contract: agreementDefinition.id, table: 1 } as Table<AgreementRecord>,
  /** Under the account. */
  histories: { contract: agreementDefinition.id, table: 2 } as Table<HistoryRecord>,
  /** Newest running agreement of an agent's key, under provider × 2^16 + key; the others follow by their neighbours. */
  newest: { contract: agreementDefinition.id, table: 3 } as Table<bigint>,
  /** Of a running agreement: those of its key that were reserved before and after it; 0 for none. */
  neighbours: { contract: agreementDefinition.id, table: 4 } as Table<Neighbours>,
  /** Newest running agreement of a customer that runs by an identification, under the customer; the others follow by `besides`. */
  identified: { contract: agreementDefinition.id, table: 6 } as Table<bigint>,
  /** Of such an agreement: those of its customer that were reserved before and after it; 0 for none. */
  besides: { contract: agreementDefinition.id, table: 7 } as Table<Neighbours>,
  /** Under the account. */
  faults: { contract: agreementDefinition.id, table: 5 } as Table<FaultsRecord>,
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
  state.write(agreementTables.agreements, agreement, { ...agreementOf(state, agreement), ...fields });
}

export function agreementOf(state: StateReader, agreement: bigint): AgreementRecord {
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'an event or due work names an existing agreement');
  return record;
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
  for (const party of ['customer', 'provider'] as const) count(state, ended[party], tally(party, ended));
}

/** Counts one that was judged after its end as what it counts as now, and no longer as before. */
export function rejudge(
  state: StateWriter,
  judged: {
    customer: bigint;
    provider: bigint;
    from: AgreementStatus;
    was: EndReason;
    to: AgreementStatus;
    reason: EndReason;
  },
): void {
  for (const party of ['customer', 'provider'] as const) {
    const before = tally(party, { to: judged.from, reason: judged.was });
    const after = tally(party, judged);
    const change = { completed: after.completed - before.completed, broken: after.broken - before.broken };
    count(state, judged[party], change);
  }
}

function count(state: StateWriter, account: bigint, { completed, broken }: HistoryRecord): void {
  if (completed === 0n && broken === 0n) return;
  const history = readHistory(state, account);
  const record = { completed: history.completed + completed, broken: history.broken + broken };
  state.write(agreementTables.histories, account, record);
}

export function readAgreement(state: StateReader, agreement: bigint): AgreementRecord | undefined {
  return state.read(agreementTables.agreements, agreement);
}

export function readHistory(state: StateReader, account: bigint): HistoryRecord {
  return state.read(agreementTables.histories, account) ?? { completed: 0n, broken: 0n };
}

export function readFaults(state: StateReader, account: bigint): FaultsRecord {
  return state.read(agreementTables.faults, account) ?? { qualityMissed: 0n, contestsLost: 0n };
}

export function countFault(state: StateWriter, billed: Billed & { provider: bigint }): void {
  const { provider } = billed;
  const more = faultIn(billed);
  if (more.qualityMissed === 0n) return;
  const { qualityMissed, contestsLost } = readFaults(state, provider);
  const counted = {
    qualityMissed: qualityMissed + more.qualityMissed,
    contestsLost: contestsLost + more.contestsLost,
  };
  state.write(agreementTables.faults, provider, counted);
}

/** Of either party: it showed an older voucher than the other had of it. */
export function countContestLost(state: StateWriter, account: bigint): void {
  const { qualityMissed, contestsLost } = readFaults(state, account);
  state.write(agreementTables.faults, account, { qualityMissed, contestsLost: contestsLost + 1n });
}

export function readCounters(state: StateReader): { nextAgreement: bigint; nextApplication: bigint } {
  return state.read(agreementTables.counters, 0n) ?? { nextAgreement: 1n, nextApplication: 1n };
}
