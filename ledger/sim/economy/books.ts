import {
  countNodeTime,
  countService,
  due,
  evolve,
  evolveTransferred,
  type IncentiveNeeds,
} from '#ledger/contracts/incentive/contract.ts';
import { incentiveDefinition, type IncentiveEvent, type RewardRates } from '#ledger/contracts/incentive/definition.ts';
import { epochOf, readCounters } from '#ledger/contracts/incentive/record.ts';
import { ratesFrom } from '#ledger/contracts/incentive/reward.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';
import type { TokenEvent } from '#ledger/contracts/token/definition.ts';
import * as token from '#ledger/contracts/token/contract.ts';
import type { Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { quotient } from '#ledger/core/integer.ts';

/** Rates that a new network begins with. */
export const INITIAL_RATES: RewardRates = ratesFrom((name) => incentiveDefinition.parameters[name].initial);
/** A day: the longest that the credit's epochs may be, so that a year has 365. */
export const EPOCH_MS = 86_400_000n;

type Event = IncentiveEvent | TokenEvent;

/** An order as it was settled. */
export interface Deal {
  readonly provider: bigint;
  readonly customer: bigint;
  readonly keptMs: bigint;
  readonly chargeMicro: bigint;
}

/** The contracts `token` and `incentive` on a state of their own, by their own decide and evolve; what other contracts would know is told to it. */
export class Books {
  readonly state = new DraftState({ read: () => undefined });
  readonly identified = new Set<bigint>();
  /** Of a service node: whose it is. */
  readonly nodes = new Map<bigint, bigint>();
  /** What each account paid the treasury in fees for what it served or bought: at settlement, from the charge. */
  readonly feesMicro = new Map<bigint, bigint>();
  readonly rewardedMicro = new Map<bigint, bigint>();
  nowMs = EPOCH_MS;
  #agreement = 0n;
  readonly #rates: RewardRates;
  readonly #feePerMille: bigint;

  constructor(of: { rates: RewardRates; feePerMille: bigint; treasuryMicro: bigint }) {
    this.#rates = of.rates;
    this.#feePerMille = of.feePerMille;
    for (const event of token.mint(token.TREASURY, of.treasuryMicro)) this.#write(event);
  }

  give(account: bigint, amountMicro: bigint): void {
    for (const event of token.mint(account, amountMicro)) this.#write(event);
  }

  balance(account: bigint): bigint {
    return token.readBalance(this.state, account).balanceMicro;
  }

  /** As much as the sender has. */
  transfer(from: bigint, to: bigint, amountMicro: bigint): void {
    const has = this.balance(from);
    const moved = amountMicro < has ? amountMicro : has;
    if (moved === 0n) return;
    this.#write({
      contract: 'token',
      version: 1n,
      type: 'TokensTransferred',
      from,
      to,
      amountMicro: moved,
      reason: 'transfer',
    });
  }

  /** False where the customer cannot pay it. */
  settle({ provider, customer, keptMs, chargeMicro }: Deal): boolean {
    const agreement = ++this.#agreement;
    const held = token.hold(this.state, { account: customer, amountMicro: chargeMicro, agreement });
    if (!held.ok) return false;
    for (const event of held.value) this.#write(event);
    const feeMicro = quotient(chargeMicro * this.#feePerMille, 1_000n);
    const settled = token.settleHold(this.state, { agreement, payee: provider, chargeMicro, feeMicro });
    for (const event of settled) this.#write(event);
    this.feesMicro.set(provider, (this.feesMicro.get(provider) ?? 0n) + feeMicro);
    const bill = { agreement, provider, customer, keptMs, feeMicro, chargeMicro };
    this.#take(countService(this.state, bill, this.nowMs, this.#needs(this.state)));
    return true;
  }

  /** Maintainers' median of a service node. */
  measured(node: bigint, online: bigint): void {
    this.#take(countNodeTime(this.state, { node, online }, this.nowMs, this.#needs(this.state)));
  }

  /** The epoch ends, and all of its accounts are paid. */
  endEpoch(): void {
    this.nowMs += EPOCH_MS;
    const { epoch, isOpen } = readCounters(this.state);
    if (!isOpen) return;
    const { accounts } = epochOf(this.state, epoch);
    const portions = quotient(accounts + 63n, 64n);
    const needs = (state: StateReader) => ({ ...this.#needs(state), at: needs });
    for (let portion = 0n; portion < portions; portion++)
      this.#take(due(this.state, epoch, this.nowMs, needs(this.state)));
  }

  #needs = (state: StateReader): IncentiveNeeds<Event> & { at(other: StateReader): IncentiveNeeds<Event> } => ({
    rates: () => this.#rates,
    epochMs: () => EPOCH_MS,
    isIdentified: (account) => this.identified.has(account),
    hasOneOwner: () => false,
    proposer: () => 0n,
    node: (node) => {
      const operator = this.nodes.get(node);
      return operator === undefined ? undefined : { operator, class: 'service' };
    },
    treasuryMicro: () => token.readBalance(state, token.TREASURY).balanceMicro,
    reward: token.reward,
    at: (other) => this.#needs(other),
    evolve: writeEvent,
  });

  #take({ events }: Decision<Event>): void {
    for (const event of events) this.#write(event);
  }

  #write(event: Event): void {
    writeEvent(this.state, event);
    if (event.type !== 'RewardPaid') return;
    const { account, amountMicro } = event;
    this.rewardedMicro.set(account, (this.rewardedMicro.get(account) ?? 0n) + amountMicro);
  }
}

function writeEvent(state: StateWriter, event: Event): void {
  if (event.contract === 'incentive') {
    evolve(state, event);
    return;
  }
  token.evolve(state, event);
  if (event.type === 'TokensTransferred' && event.reason === 'transfer') evolveTransferred(state, event);
}
