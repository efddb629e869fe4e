import { assert } from '#ledger/core/assert.ts';
import type { Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { lesser } from '#ledger/core/integer.ts';
import { epochEndAfter } from '#ledger/contracts/shared/epoch.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import {
  ACCOUNTS_AT_ONCE,
  VOTERS_MAX,
  incentiveDefinition,
  incentiveEvent,
  type IncentiveEvent,
  type UnrewardedReason,
  NO_FACTS,
  type RewardFacts,
  type RewardRates,
} from './definition.ts';
import { epochOf, factsOf, incentiveTables as tables, readCounters, readFacts, within } from './record.ts';
import { amountOf, pointsOf, sumOf } from './reward.ts';
import { remember, tokensBehind } from './trail.ts';

export interface IncentiveNeeds<Event> {
  rates(): RewardRates;
  /** Length of an epoch: that of the credit. */
  epochMs(): bigint;
  isIdentified(account: bigint, nowMs: bigint): boolean;
  /** True where one of both authorised the other's own address as a key. */
  hasOneOwner(one: bigint, other: bigint): boolean;
  /** Who proposed it. */
  proposer(proposal: bigint): bigint;
  /** Whose the node is, while it is admitted and no report stands; undefined for any other, and for one that is nobody's. */
  node(node: bigint): { readonly operator: bigint; readonly class: 'service' | 'consensus' } | undefined;
  treasuryMicro(): bigint;
  /** From the treasury, which has as much. */
  reward(to: bigint, amountMicro: bigint): readonly Event[];
  evolve(state: StateWriter, event: IncentiveEvent | Event): void;
}

type Decided<Event> = Decision<IncentiveEvent | Event>;

const NOTHING = { events: [] } as const;

/** A bill was made [8.2.3-a]: its time counts for an identified provider, unless the order was one with itself. */
export function countService<Event>(
  state: StateReader,
  settled: {
    agreement: bigint;
    provider: bigint;
    customer: bigint;
    keptMs: bigint;
    feeMicro: bigint;
    chargeMicro: bigint;
  },
  nowMs: bigint,
  needs: IncentiveNeeds<Event>,
): Decided<Event> {
  const { agreement, provider, customer, keptMs, feeMicro } = settled;
  if (!needs.isIdentified(provider, nowMs) || ratesNow(state, needs).poolMicro === 0n) return NOTHING;
  const reason = unrewarded(state, settled, needs);
  if (reason !== undefined) {
    const facts = { agreement, provider, customer, reason, atMs: nowMs };
    return { events: [incentiveEvent('ServiceUnrewarded', facts)] };
  }
  return counted(state, provider, nowMs, needs, (epoch) =>
    incentiveEvent('ServiceCounted', { epoch, agreement, provider, customer, keptMs, feeMicro, atMs: nowMs }),
  );
}

function unrewarded<Event>(
  state: StateReader,
  of: { provider: bigint; customer: bigint; keptMs: bigint; feeMicro: bigint; chargeMicro: bigint },
  needs: IncentiveNeeds<Event>,
): UnrewardedReason | undefined {
  const { provider, customer, keptMs, feeMicro, chargeMicro } = of;
  if (provider === customer) return 'one-account';
  if (keptMs === 0n) return 'nothing-kept';
  if (feeMicro === 0n) return 'no-fee';
  if (needs.hasOneOwner(provider, customer)) return 'one-owner';
  const { epoch } = readCounters(state);
  const asked = { provider, customer, chargeMicro, epoch };
  return tokensBehind((account) => state.read(tables.trails, account), asked);
}

/**
 * A proposal was passed or rejected: each vote on it counts but that of who asked, so many an epoch. What expired counts for nobody: a few who
 * ask one another decide nothing.
 */
export function countVotes<Event>(
  state: StateReader,
  { proposal, voters }: { proposal: bigint; voters: readonly bigint[] },
  nowMs: bigint,
  needs: IncentiveNeeds<Event>,
): Decided<Event> {
  const rates = ratesNow(state, needs);
  if (rates.poolMicro === 0n) return NOTHING;
  const proposer = needs.proposer(proposal);
  const steps = new Steps<IncentiveEvent | Event>(state, needs.evolve);
  for (const account of voters) {
    if (account === proposer || factsNow(steps.state, account).votes >= rates.votesMax) continue;
    const fact = (epoch: bigint) => incentiveEvent('VoteCounted', { epoch, account, proposal, atMs: nowMs });
    steps.take(counted(steps.state, account, nowMs, needs, fact));
  }
  return steps.decision();
}

/** Who voted on a proposal so far, of those that are remembered. */
export function readVoters(state: StateReader, proposal: bigint): readonly bigint[] {
  return state.read(tables.voters, proposal) ?? [];
}

/** Maintainers' median of a node's time online: of service nodes the best of an identified operator, of validators each. */
export function countNodeTime<Event>(
  state: StateReader,
  { node, online: measured }: { node: bigint; online: bigint },
  nowMs: bigint,
  needs: IncentiveNeeds<Event>,
): Decided<Event> {
  const known = needs.node(node);
  if (known === undefined || ratesNow(state, needs).poolMicro === 0n) return NOTHING;
  const { operator: account, class: kind } = known;
  const isService = kind === 'service';
  if (isService && !needs.isIdentified(account, nowMs)) return NOTHING;
  const online = isService ? measured - factsNow(state, account).online : measured;
  if (online <= 0n) return NOTHING;
  return counted(state, account, nowMs, needs, (epoch) =>
    incentiveEvent('NodeTimeCounted', { epoch, account, node, class: kind, online, atMs: nowMs }),
  );
}

function ratesNow<Event>(state: StateReader, needs: IncentiveNeeds<Event>): RewardRates {
  const { epoch, isOpen } = readCounters(state);
  return isOpen ? epochOf(state, epoch).rates : needs.rates();
}

function factsNow(state: StateReader, account: bigint): RewardFacts {
  const { epoch, isOpen } = readCounters(state);
  return isOpen ? factsOf(state, epoch, account) : NO_FACTS;
}

/** A fact in the epoch that runs; where none runs it opens one, which ends with the epoch of the credit. */
function counted<Event>(
  state: StateReader,
  opener: bigint,
  nowMs: bigint,
  needs: IncentiveNeeds<Event>,
  fact: (epoch: bigint) => IncentiveEvent,
): Decided<Event> {
  const { epoch: newest, isOpen } = readCounters(state);
  if (isOpen) return { events: [fact(newest)] };
  const epoch = newest + 1n;
  const endsAtMs = epochEndAfter(nowMs, needs.epochMs());
  const opened = incentiveEvent('EpochOpened', { epoch, opener, ...needs.rates(), atMs: nowMs, endsAtMs });
  return { events: [opened, fact(epoch)], due: [{ atMs: endsAtMs, ...ending(epoch) }] };
}

function ending(epoch: bigint): Omit<DueItem, 'atMs'> {
  return { contract: incentiveDefinition.id, kind: 'pay-rewards', subject: epoch };
}

/** The epoch is over: so many accounts at a time are paid, in the order of their first facts, from the pool as it was at the end. */
export function due<Event>(
  state: StateReader,
  epoch: bigint,
  atMs: bigint,
  needs: IncentiveNeeds<Event> & { at(state: StateReader): IncentiveNeeds<Event> },
): Decided<Event> {
  const steps = new Steps<IncentiveEvent | Event>(state, needs.evolve);
  const { accounts, points, paid, poolMicro, rates } = epochOf(state, epoch);
  if (poolMicro === null) {
    const first = memberOf(state, epoch, 0n);
    const pool = lesser(rates.poolMicro, needs.treasuryMicro());
    steps.add(incentiveEvent('EpochClosed', { epoch, first, accounts, points, poolMicro: pool, atMs }));
  }
  const upTo = lesser(accounts, paid + BigInt(ACCOUNTS_AT_ONCE));
  for (let place = paid; place < upTo; place++) {
    const account = memberOf(state, epoch, place);
    steps.add(...rewarded(steps.state, { epoch, account, atMs }, needs.at(steps.state)));
  }
  if (upTo < accounts) steps.wait({ atMs, ...ending(epoch) });
  return steps.decision();
}

function memberOf(state: StateReader, epoch: bigint, place: bigint): bigint {
  const account = state.read(tables.members, within(epoch, place));
  assert(account !== undefined, 'an epoch was opened by a fact about an account, and has each of its accounts');
  return account;
}

/** A vote may have drawn on the treasury since the first were paid: it is never overdrawn. */
function rewarded<Event>(
  state: StateReader,
  { epoch, account, atMs }: { epoch: bigint; account: bigint; atMs: bigint },
  needs: IncentiveNeeds<Event>,
): (IncentiveEvent | Event)[] {
  const { rates, points: pointsOfAll, poolMicro } = epochOf(state, epoch);
  assert(poolMicro !== null, 'an epoch is closed before it is paid');
  const facts = factsOf(state, epoch, account);
  const points = sumOf(pointsOf(facts, rates));
  const share = amountOf(points, { pointsOfAll, poolMicro, capPerMille: rates.capPerMille });
  const amountMicro = lesser(share, needs.treasuryMicro());
  const paid = { epoch, account, ...facts, points, pointsOfAll, poolMicro, amountMicro, atMs };
  return [...(amountMicro === 0n ? [] : needs.reward(account, amountMicro)), incentiveEvent('RewardPaid', paid)];
}

export function evolve(state: StateWriter, event: IncentiveEvent): void {
  const { epoch } = event.type === 'ServiceUnrewarded' ? { epoch: 0n } : event;
  switch (event.type) {
    case 'EpochOpened': {
      const { poolMicro, capPerMille, onlineMicro, servedMicro, feePerMille, voteMicro, votesMax } = event;
      const amounts = { poolMicro, capPerMille, onlineMicro, servedMicro, feePerMille };
      const rates = { ...amounts, voteMicro, votesMax, validatorMicro: event.validatorMicro };
      state.write(tables.counters, 0n, { epoch, isOpen: true });
      state.write(tables.epochs, epoch, { rates, accounts: 0n, points: 0n, paid: 0n, poolMicro: null });
      return;
    }
    case 'NodeTimeCounted': {
      const name = event.class === 'service' ? 'online' : 'consensus';
      addFact(state, { epoch, account: event.account, [name]: event.online });
      return;
    }
    case 'VoteCounted':
      addFact(state, { epoch, account: event.account, votes: 1n });
      return;
    case 'ServiceCounted':
      addFact(state, { epoch, account: event.provider, servedMs: event.keptMs, feesMicro: event.feeMicro });
      return;
    case 'ServiceUnrewarded':
      return;
    case 'EpochClosed':
      state.write(tables.counters, 0n, { ...readCounters(state), isOpen: false });
      state.write(tables.epochs, epoch, { ...epochOf(state, epoch), poolMicro: event.poolMicro });
      return;
    case 'RewardPaid':
      forget(state, epoch, event.account);
      return;
  }
}

/** An account's facts grow, and with them the points of all. */
function addFact(
  state: StateWriter,
  { epoch, account, ...more }: { epoch: bigint; account: bigint } & Partial<RewardFacts>,
): void {
  const record = epochOf(state, epoch);
  const known = readFacts(state, epoch, account);
  const before = known ?? NO_FACTS;
  const after = {
    online: before.online + (more.online ?? 0n),
    servedMs: before.servedMs + (more.servedMs ?? 0n),
    feesMicro: before.feesMicro + (more.feesMicro ?? 0n),
    votes: before.votes + (more.votes ?? 0n),
    consensus: before.consensus + (more.consensus ?? 0n),
  };
  if (known === undefined) state.write(tables.members, within(epoch, record.accounts), account);
  state.write(tables.facts, within(epoch, account), after);
  const grown = sumOf(pointsOf(after, record.rates)) - sumOf(pointsOf(before, record.rates));
  const accounts = record.accounts + (known === undefined ? 1n : 0n);
  state.write(tables.epochs, epoch, { ...record, accounts, points: record.points + grown });
}

/** Paid: nothing of it stays in the state but the tokens; with the last account the epoch goes. */
function forget(state: StateWriter, epoch: bigint, account: bigint): void {
  const record = epochOf(state, epoch);
  const paid = record.paid + 1n;
  state.erase(tables.members, within(epoch, record.paid));
  state.erase(tables.facts, within(epoch, account));
  if (paid === record.accounts) state.erase(tables.epochs, epoch);
  else state.write(tables.epochs, epoch, { ...record, paid });
}

/** A vote is remembered until its proposal is decided, whether it counts or not. */
export function evolveVoted(state: StateWriter, { proposal, by }: { proposal: bigint; by: bigint }): void {
  const voters = readVoters(state, proposal);
  if (voters.length < VOTERS_MAX) state.write(tables.voters, proposal, [...voters, by]);
}

export function evolveDecided(state: StateWriter, proposal: bigint): void {
  state.erase(tables.voters, proposal);
}

/** A transfer leaves its trail at the recipient. */
export function evolveTransferred(state: StateWriter, of: { from: bigint; to: bigint; amountMicro: bigint }): void {
  const { from, to, amountMicro } = of;
  const { epoch } = readCounters(state);
  state.write(tables.trails, to, remember(state.read(tables.trails, to), { from, amountMicro, epoch }));
}
