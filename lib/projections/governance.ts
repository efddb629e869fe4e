import type { GovernanceEvent } from '#ledger/contracts/governance/definition.ts';
import { decode } from '#ledger/core/codec.ts';
import { toJson, type EventContext } from './context.ts';
import { insert, set, type Json, type RowChange } from './row-change.ts';

/** Arguments of the proposed method, which the contract encoded; what cannot be read has none. */
function argsOf(bytes: Uint8Array): Json {
  const args = decode(bytes, bytes.length);
  return args.ok ? toJson(args.value) : {};
}

export function projectGovernance(event: GovernanceEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'ProposalOpened':
      return [
        insert('proposals', {
          id: event.proposal,
          method: event.method,
          by: event.by,
          args: argsOf(event.args),
          concerns: event.concerns,
          status: 'open',
          electorate: null,
          openedAtMs: context.timeMs,
          closesAtMs: event.closesAtMs,
          tx: context.tx,
        }),
      ];
    case 'VoteCast':
      return [
        insert('votes', {
          proposal: event.proposal,
          by: event.by,
          approve: event.approve,
          timeMs: context.timeMs,
          tx: context.tx,
        }),
      ];
    case 'ProposalDecided':
      return [set('proposals', { id: event.proposal }, { status: event.outcome, electorate: event.electorate })];
    case 'ParameterChanged':
      return [
        set('parameters', { name: event.parameter }, { value: event.to.toString(), changedAtHeight: context.height }),
      ];
    case 'ContractVersionScheduled':
    case 'ContractVersionActivated':
      // Pages ask the ledger itself (docs/decisions/0019): which versions a program can execute is no fact of the chain.
      return [];
  }
}
