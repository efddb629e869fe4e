import type { FinalizedItem } from '#ledger/abci/application.ts';
import type { ExecutedItem, LedgerEvent } from '#ledger/core/committed.ts';
import type { ExecutionRecord } from './execution.ts';

function eventsOf(item: FinalizedItem, phase: 0 | 1, index: number): LedgerEvent[] {
  return item.events.map((payload, sequence) => ({ phase, index, sequence, payload }));
}

/** What a block left behind, as its readers get it: due items, then its transactions with their bytes. */
export function executedItems(record: ExecutionRecord, transactions: readonly Uint8Array[]): ExecutedItem[] {
  const due = record.due.map((item, index): ExecutedItem => {
    const { code, data, logIndex } = item;
    return { code, data, logIndex, events: eventsOf(item, 0, index) };
  });
  const decided = record.transactions.map((item, index): ExecutedItem => {
    const { code, data, logIndex, txId } = item;
    const bytes = transactions[index];
    const events = eventsOf(item, 1, index);
    return { code, data, logIndex, events, ...(txId && { txId }), ...(bytes && { bytes }) };
  });
  return [...due, ...decided];
}
