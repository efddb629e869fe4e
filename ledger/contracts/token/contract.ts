import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { tokenCodes, tokenEvent, tokenDefinition, type TokenCommand, type TokenEvent } from './definition.ts';

export type BalanceRecord = {
  /** Free to spend. */
  balanceMicro: bigint;
  /** Sum of its open holds. */
  heldMicro: bigint;
  /** Number of its open holds. */
  holds: bigint;
};
/** One per agreement, under the agreement's id. */
export type HoldRecord = { account: bigint; amountMicro: bigint };

export const tokenTables = {
  /** id 0: what genesis minted, and what is held over all accounts. */
  supply: { contract: tokenDefinition.id, table: 0 } as Table<{ totalMicro: bigint; heldMicro: bigint }>,
  balances: { contract: tokenDefinition.id, table: 1 } as Table<BalanceRecord>,
  holds: { contract: tokenDefinition.id, table: 2 } as Table<HoldRecord>,
} as const;

export const TREASURY = 0n;
/** Amounts stay below this, also the whole supply. */
export const MICRO_END = 1n << 63n;

export interface TokenNeeds<Event> {
  accountExists(account: bigint): boolean;
  /** Takes the sum from the signing key's cap; undefined when the cap does not allow it. */
  spend(by: { account: bigint; key: bigint; amountMicro: bigint }): readonly Event[] | undefined;
}

export function decide<Event>(
  state: StateReader,
  command: TokenCommand,
  ctx: CommandContext,
  needs: TokenNeeds<Event>,
): Result<Decision<TokenEvent | Event>> {
  const { to, amountMicro } = command.args;
  if (amountMicro === 0n || amountMicro >= MICRO_END) return fail(tokenCodes.AMOUNT_INVALID);
  if (to === TREASURY || !needs.accountExists(to)) return fail(tokenCodes.RECIPIENT_UNKNOWN);
  if (to === ctx.account) return fail(tokenCodes.RECIPIENT_IS_SENDER);
  if (readBalance(state, ctx.account).balanceMicro < amountMicro) return fail(tokenCodes.BALANCE_TOO_LOW);
  const spent = needs.spend({ account: ctx.account, key: ctx.key, amountMicro });
  if (spent === undefined) return fail(tokenCodes.SPENDING_CAP_EXCEEDED);
  const moved = tokenEvent('TokensTransferred', { from: ctx.account, to, amountMicro, reason: 'transfer' });
  return ok({ events: [...spent, moved] });
}

/** Genesis: events that mint a founding balance. */
export function mint(to: bigint, amountMicro: bigint): TokenEvent[] {
  assert(amountMicro >= 0n && amountMicro < MICRO_END, 'a genesis balance is in [0, 2^63)');
  return amountMicro === 0n ? [] : [tokenEvent('TokensMinted', { to, amountMicro })];
}

/** Treasury to an account. */
export function grant(state: StateReader, to: bigint, amountMicro: bigint): Result<TokenEvent[]> {
  if (readBalance(state, TREASURY).balanceMicro < amountMicro) return fail(tokenCodes.TREASURY_TOO_LOW);
  return ok([tokenEvent('TokensTransferred', { from: TREASURY, to, amountMicro, reason: 'grant' })]);
}

/** Treasury to an account for what `incentive` counts; the caller has seen that the treasury has as much. */
export function reward(to: bigint, amountMicro: bigint): TokenEvent[] {
  return [tokenEvent('TokensTransferred', { from: TREASURY, to, amountMicro, reason: 'reward' })];
}

/** From one account to another, when it is due by a contract and not by a transfer of its own. */
export function pay(
  state: StateReader,
  of: { from: bigint; to: bigint; amountMicro: bigint; reason: 'fee' | 'tariff' },
): Result<TokenEvent[]> {
  if (readBalance(state, of.from).balanceMicro < of.amountMicro) return fail(tokenCodes.BALANCE_TOO_LOW);
  return ok([tokenEvent('TokensTransferred', of)]);
}

/** Sets a sum aside for an agreement; the hold bears the agreement's id. */
export function hold(
  state: StateReader,
  of: { account: bigint; amountMicro: bigint; agreement: bigint },
): Result<TokenEvent[]> {
  if (of.amountMicro < 0n || of.amountMicro >= MICRO_END) return fail(tokenCodes.AMOUNT_INVALID);
  if (readBalance(state, of.account).balanceMicro < of.amountMicro) return fail(tokenCodes.BALANCE_TOO_LOW);
  return ok([tokenEvent('TokensHeld', { hold: of.agreement, ...of })]);
}

/** Part of an agreement's hold goes on for the one that replaces it; the caller has kept amount ≤ held. */
export function splitHold(
  state: StateReader,
  of: { account: bigint; agreement: bigint; replacement: bigint; amountMicro: bigint },
): TokenEvent[] {
  assert(of.amountMicro <= holdOf(state, of.agreement).amountMicro, 'a hold is split within what it holds');
  return [tokenEvent('HoldSplit', of)];
}

/** Closes an agreement's hold; the caller has kept 0 ≤ fee ≤ charge ≤ held. */
export function settleHold(
  state: StateReader,
  of: { agreement: bigint; payee: bigint; chargeMicro: bigint; feeMicro: bigint },
): TokenEvent[] {
  const { agreement, payee, chargeMicro, feeMicro } = of;
  const held = holdOf(state, agreement);
  assert(feeMicro >= 0n && feeMicro <= chargeMicro && chargeMicro <= held.amountMicro, '0 ≤ fee ≤ charge ≤ held');
  const refundMicro = held.amountMicro - chargeMicro;
  const { account } = held;
  return [
    tokenEvent('HoldSettled', { hold: agreement, account, payee, chargeMicro, feeMicro, refundMicro, agreement }),
  ];
}

export function evolve(state: StateWriter, event: TokenEvent): void {
  switch (event.type) {
    case 'TokensMinted': {
      const supply = readSupply(state);
      assert(supply.totalMicro + event.amountMicro < MICRO_END, 'the supply stays below 2^63');
      state.write(tokenTables.supply, 0n, { ...supply, totalMicro: supply.totalMicro + event.amountMicro });
      addBalance(state, event.to, event.amountMicro);
      return;
    }
    case 'TokensTransferred':
      addBalance(state, event.from, -event.amountMicro);
      addBalance(state, event.to, event.amountMicro);
      return;
    case 'TokensHeld':
      state.write(tokenTables.holds, event.hold, { account: event.account, amountMicro: event.amountMicro });
      changeHeld(state, event.account, { balanceMicro: -event.amountMicro, heldMicro: event.amountMicro, holds: 1n });
      return;
    case 'HoldSplit': {
      const { account, agreement, replacement, amountMicro } = event;
      const held = holdOf(state, agreement);
      state.write(tokenTables.holds, agreement, { ...held, amountMicro: held.amountMicro - amountMicro });
      state.write(tokenTables.holds, replacement, { account, amountMicro });
      changeHeld(state, account, { balanceMicro: 0n, heldMicro: 0n, holds: 1n });
      return;
    }
    case 'HoldSettled': {
      const heldMicro = -(event.chargeMicro + event.refundMicro);
      state.erase(tokenTables.holds, event.hold);
      changeHeld(state, event.account, { balanceMicro: event.refundMicro, heldMicro, holds: -1n });
      if (event.chargeMicro > event.feeMicro) addBalance(state, event.payee, event.chargeMicro - event.feeMicro);
      if (event.feeMicro > 0n) addBalance(state, TREASURY, event.feeMicro);
      return;
    }
  }
}

function addBalance(state: StateWriter, account: bigint, byMicro: bigint): void {
  const record = readBalance(state, account);
  const balanceMicro = record.balanceMicro + byMicro;
  assert(balanceMicro >= 0n, 'no balance goes below zero');
  state.write(tokenTables.balances, account, { ...record, balanceMicro });
}

function changeHeld(state: StateWriter, account: bigint, by: BalanceRecord): void {
  const record = readBalance(state, account);
  const supply = readSupply(state);
  const after = {
    balanceMicro: record.balanceMicro + by.balanceMicro,
    heldMicro: record.heldMicro + by.heldMicro,
    holds: record.holds + by.holds,
  };
  assert(after.balanceMicro >= 0n && after.heldMicro >= 0n && after.holds >= 0n, 'no balance or hold goes below zero');
  state.write(tokenTables.balances, account, after);
  if (by.heldMicro !== 0n)
    state.write(tokenTables.supply, 0n, { ...supply, heldMicro: supply.heldMicro + by.heldMicro });
}

export function readBalance(state: StateReader, account: bigint): BalanceRecord {
  return state.read(tokenTables.balances, account) ?? { balanceMicro: 0n, heldMicro: 0n, holds: 0n };
}

export function readSupply(state: StateReader): { totalMicro: bigint; heldMicro: bigint } {
  return state.read(tokenTables.supply, 0n) ?? { totalMicro: 0n, heldMicro: 0n };
}

export function holdOf(state: StateReader, agreement: bigint): HoldRecord {
  const record = state.read(tokenTables.holds, agreement);
  assert(record !== undefined, 'an unsettled agreement has its hold');
  return record;
}
