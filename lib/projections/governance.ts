import type { GovernanceEvent } from '#ledger/contracts/governance/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { EventContext } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

export function projectGovernance(event: GovernanceEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'ProposalOpened':
      return [
        insert('proposals', {
          id: event.proposal,
          kind: event.kind,
          by: event.by,
          subject: event.subject,
          account: event.account,
          value: event.value.toString(),
          publicKey: toHex(event.publicKey),
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
  }
}
