import type { CreditEvent } from '#ledger/contracts/credit/definition.ts';
import type { EventContext } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

export function projectCredit(event: CreditEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'CreditChanged': {
      const { contract: _contract, version: _version, type: _type, operator: _operator, ...row } = event;
      return [insert('node_credits', row), set('nodes', { id: event.node }, { credit: event.to })];
    }
    case 'PermissionChanged': {
      const { contract: _contract, version: _version, type: _type, ...said } = event;
      const { height, phase, index, sequence, tx } = context;
      return [insert('permission_changes', { height, phase, index, sequence, ...said, tx })];
    }
    case 'DigestRecorded':
    case 'DigestEvaluated':
    case 'MaintainerFarOff':
      return [];
  }
}
