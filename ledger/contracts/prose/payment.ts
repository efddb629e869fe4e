import { assert } from '#ledger/core/assert.ts';
import type { Decision, StateReader } from '#ledger/core/decision.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import { proseEvent, type ProseEvent } from './definition.ts';
import { proseTables as tables } from './record.ts';

export interface PaymentNeeds<Event> {
  /** Free to spend. */
  balanceMicro(account: bigint): bigint;
  /** Moves tokens that the payer has; the sum is more than zero. */
  pay(of: { from: bigint; to: bigint; amountMicro: bigint }): readonly Event[];
}

/**
 * The end of an epoch: an operator pays what its tariff counted in it [I.3-7]. Where budget or balance is less than the sum, everybody gets
 * the same part of what is due, rounded down, and the rest is not owed any more. At most PAYEES_MAX accounts.
 */
export function due<Event>(
  state: StateReader,
  { subject: operator }: { readonly subject: bigint },
  atMs: bigint,
  needs: PaymentNeeds<Event>,
): Decision<ProseEvent | Event> {
  const accrual = state.read(tables.accruals, operator);
  assert(accrual !== undefined, 'an operator waits to pay while it owes');
  const payees = accrual.payees.toSorted((one, other) => ascending(one.account, other.account));
  const wholeMicro = payees.reduce((sum, { dueMicro }) => sum + dueMicro, 0n);
  const availableMicro = [accrual.budgetMicro, needs.balanceMicro(operator), wholeMicro].toSorted(ascending)[0]!;
  const events = payees.flatMap(({ account: to, sessions, paidMs, dueMicro }): (ProseEvent | Event)[] => {
    const amountMicro = quotient(dueMicro * availableMicro, wholeMicro);
    const said = { operator, to, sessions, paidMs, dueMicro, amountMicro, atMs };
    const moved = amountMicro === 0n ? [] : needs.pay({ from: operator, to, amountMicro });
    return [proseEvent('OperatorPaid', said), ...moved];
  });
  return { events };
}
