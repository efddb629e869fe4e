import type { TokenEvent } from '#ledger/contracts/token/definition.ts';
import type { EventContext } from './context.ts';
import { add, type RowChange } from './row-change.ts';

interface Movement {
  account: bigint;
  what: 'minted' | 'sent' | 'received' | 'grant' | 'reward' | 'held' | 'returned' | 'earned' | 'fee';
  amountMicro: bigint;
  heldMicro?: bigint;
  agreement?: bigint;
}

/** The change of the balance, then the line of the statement that shows the balance after it. */
function move(movement: Movement, context: EventContext): RowChange[] {
  const { account, what, amountMicro, heldMicro = 0n, agreement = null } = movement;
  const { height, phase, index, sequence, timeMs, tx } = context;
  const begin = { account, balanceMicro: 0n, heldMicro: 0n };
  return [
    add('balances', { account }, { balanceMicro: amountMicro, heldMicro }, begin),
    { op: 'entry', row: { account, height, phase, index, sequence, timeMs, what, amountMicro, agreement, tx } },
  ];
}

/**
 * Balances and statements. A hold leaves the free balance when it is made; at settlement what was not charged comes back, so that
 * the entries of an account always add up to its balance.
 */
export function projectToken(event: TokenEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'TokensMinted':
      return move({ account: event.to, what: 'minted', amountMicro: event.amountMicro }, context);
    case 'TokensTransferred': {
      const { from, to, amountMicro, reason } = event;
      const fromTreasury = reason === 'grant' || reason === 'reward' ? reason : undefined;
      return [
        ...move({ account: from, what: fromTreasury ?? 'sent', amountMicro: -amountMicro }, context),
        ...move({ account: to, what: fromTreasury ?? 'received', amountMicro }, context),
      ];
    }
    case 'TokensHeld': {
      const { account, amountMicro, agreement } = event;
      return move({ account, what: 'held', amountMicro: -amountMicro, heldMicro: amountMicro, agreement }, context);
    }
    case 'HoldSplit':
      // Nothing moves: the same sum of the same account is held, for two orders instead of one.
      return [];
    case 'HoldSettled': {
      const { account, payee, chargeMicro, feeMicro, refundMicro, agreement } = event;
      const heldMicro = -(chargeMicro + refundMicro);
      return [
        ...move({ account, what: 'returned', amountMicro: refundMicro, heldMicro, agreement }, context),
        ...move({ account: payee, what: 'earned', amountMicro: chargeMicro - feeMicro, agreement }, context),
        ...(feeMicro === 0n ? [] : move({ account: 0n, what: 'fee', amountMicro: feeMicro, agreement }, context)),
      ];
    }
  }
}
