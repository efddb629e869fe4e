import type { NodeEvent } from '#ledger/contracts/node/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { insert, set, type Row, type RowChange } from './row-change.ts';

function nodeRow(
  event: Extract<NodeEvent, { type: 'NodeFounded' | 'NodeAdmitted' }>,
  rest: Pick<Row<'nodes'>, 'operator' | 'status' | 'changesAtMs'>,
): RowChange {
  const { node: id, name, atMs: changedAtMs } = event;
  const keys = { publicKey: toHex(event.publicKey), address: toHex(event.address) };
  return insert('nodes', { id, name, ...keys, class: 'consensus', equivocations: 0n, changedAtMs, ...rest });
}

/** `changesAtMs` is the time from which a decided entry or removal may happen; null when none is decided. */
export function projectNode(event: NodeEvent): RowChange[] {
  const key = { id: event.node };
  switch (event.type) {
    case 'NodeFounded':
      return [nodeRow(event, { operator: 0n, status: 'validating', changesAtMs: null })];
    case 'NodeAdmitted':
      return [nodeRow(event, { operator: event.operator, status: 'waiting', changesAtMs: event.entersAtMs })];
    case 'NodeRemovalDecided':
      return [set('nodes', key, { status: 'leaving', changedAtMs: event.atMs, changesAtMs: event.leavesAtMs })];
    case 'ValidatorSetChanged': {
      const status = event.power === 1n ? 'validating' : 'retired';
      return [set('nodes', key, { status, changedAtMs: event.atMs, changesAtMs: null })];
    }
    case 'NodeRemovalDropped':
      return [set('nodes', key, { status: 'validating', changedAtMs: event.atMs, changesAtMs: null })];
    case 'EquivocationRecorded':
      return [set('nodes', key, { equivocations: event.equivocations })];
  }
}
