import { toHex } from '#ledger/core/bytes.ts';
import type { CommittedBlock, ExecutedItem } from '#ledger/core/committed.ts';
import { eventSubjects, toJson, type EventContext } from './context.ts';
import { projectEvent, recogniseEvent } from './events.ts';
import { insert, set, type RowChange } from './row-change.ts';
import { projectItem, type TransactionReader } from './transactions.ts';

/** Every row change of a block in order, or the sentence that says why this version cannot read it. */
export type BlockChanges =
  { readonly ok: true; readonly changes: RowChange[] } | { readonly ok: false; readonly sentence: string };

/** The round of a block is what the next one says of it: what a node itself saw need not be what another saw. */
function blockRows(block: CommittedBlock): RowChange[] {
  const transactions = block.items.filter((item) => item.txId !== undefined).length;
  const row = insert('blocks', {
    height: block.height,
    hash: toHex(block.hash),
    timeMs: block.timeMs,
    proposer: toHex(block.proposer),
    round: null,
    appHash: toHex(block.appHash),
    transactions,
    dueItems: block.items.length - transactions,
    evidence: block.evidence,
    signers: block.signers.map(({ address, signed }) => ({ address: toHex(address), signed })),
  });
  if (block.height === 1n) return [row];
  return [set('blocks', { height: block.height - 1n }, { round: block.lastRound }), row];
}

function eventRows(payload: Parameters<typeof recogniseEvent>[0], context: EventContext): RowChange[] | undefined {
  const recognised = recogniseEvent(payload);
  if (recognised === undefined) return undefined;
  const { event, definition } = recognised;
  const { height, phase, index, sequence, logIndex, timeMs, tx } = context;
  const id = { height, phase, index, sequence };
  const { contract, version, type } = event;
  return [
    insert('events', { ...id, timeMs, contract, version, type, payload: toJson(payload), tx, logIndex }),
    ...eventSubjects(payload, definition).map((subject) => insert('event_subjects', { ...subject, ...id, logIndex })),
    ...projectEvent(event, context),
  ];
}

function itemRows(
  item: ExecutedItem,
  block: CommittedBlock,
  place: { phase: 0 | 1; index: number },
  read: TransactionReader,
): BlockChanges {
  const { height, timeMs } = block;
  const changes = [projectItem(item, { height, timeMs, ...place }, read)];
  const tx = item.txId === undefined ? null : toHex(item.txId);
  for (const { phase, index, sequence, payload } of item.events) {
    const rows = eventRows(payload, { height, timeMs, phase, index, sequence, logIndex: item.logIndex, tx });
    if (rows === undefined) {
      const name = `${String(payload.contract)}.${String(payload.type)} version ${String(payload.version)}`;
      return {
        ok: false,
        sentence: `Block ${height} holds an event this version does not know (${name}): start a newer version.`,
      };
    }
    changes.push(...rows);
  }
  return { ok: true, changes };
}

/** Rows of one block. Pure: the same block gives the same changes on every machine, which is what makes a rebuild identical. */
export function projectBlock(block: CommittedBlock, read: TransactionReader): BlockChanges {
  const changes = blockRows(block);
  const next = { 0: 0, 1: 0 };
  for (const item of block.items) {
    const phase = item.txId === undefined ? 0 : 1;
    const rows = itemRows(item, block, { phase, index: next[phase]++ }, read);
    if (!rows.ok) return rows;
    changes.push(...rows.changes);
  }
  return { ok: true, changes };
}
