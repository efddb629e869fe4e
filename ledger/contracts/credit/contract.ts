import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import {
  DIGESTS_MAX,
  creditCodes as codes,
  creditDefinition,
  creditEvent,
  type CreditArgs,
  type CreditEvent,
} from './definition.ts';
import { DIGEST_NODE_MAX, medianOf, unpackEntries, type Measured } from './digest.ts';
import { accountPermissions, validatorPermission, type PermissionNeeds } from './permissions.ts';
import { creditTables, digestsOf, type DigestRecord } from './record.ts';
import { causeOf, componentsOf, creditOf, type CreditFacts, type CreditTerms } from './score.ts';

export interface CreditNeeds<Event> extends PermissionNeeds {
  isMaintainer(account: bigint): boolean;
  /** What the ledger itself knows of a node; undefined when there is none, or none any more. */
  node(node: bigint): (Omit<CreditFacts, 'online' | 'activity' | 'probesFailed'> & { operator: bigint }) | undefined;
  /** Validators that have not left for good, with who answers for them. */
  validators(): readonly { readonly node: bigint; readonly operator: bigint }[];
  /** Accounts behind this one, so many at most, in order. */
  accountsAfter(account: bigint, countMax: number): readonly bigint[];
  /** What a node's time online counts for besides its credit. */
  timeCounted(of: { node: bigint; online: bigint }, nowMs: bigint): Decision<Event>;
  /** What follows for the set of validators from who may take part in it. */
  standings(nowMs: bigint): Decision<Event>;
  /** The same needs, answered from another state. */
  at(state: StateReader): CreditNeeds<Event>;
  /** Writes what an event of any contract says. */
  evolve(state: StateWriter, event: CreditEvent | Event): void;
}

/** Accounts that one piece of due work looks at after a vote about thresholds. */
const ACCOUNTS_AT_ONCE = 64;
/** Nodes that one piece of due work evaluates. */
const NODES_AT_ONCE = 64;
const NODE_BITS = 32n;
/** A share of time online that differs by more from the median of three or more is far off, per mille. */
const FAR_OFF = 200;
/** Epochs in a row after which a maintainer is named. */
const FAR_OFF_TIMES = 3n;

export function decide<Event>(
  state: StateReader,
  args: CreditArgs,
  ctx: CommandContext,
  needs: CreditNeeds<Event>,
): Result<Decision<CreditEvent>> {
  if (!needs.isMaintainer(ctx.account)) return fail(codes.MAINTAINER_ROLE_REQUIRED);
  const { epoch, entries, root } = args;
  const epochMs = needs.epochMs();
  if (epoch + 1n !== quotient(ctx.nowMs, epochMs)) return fail(codes.EPOCH_NOT_OVER);
  const measured = unpackEntries(entries);
  if (measured === undefined) return fail(codes.ENTRIES_INVALID);
  if (measured.some(({ node }) => needs.node(node) === undefined)) return fail(codes.NODE_UNKNOWN);
  const recorded = digestsOf(state, epoch);
  const last = recorded.findLast(({ by }) => by === ctx.account);
  if (last !== undefined && measuredIn(last).at(-1)!.node >= measured[0]!.node) return fail(codes.RECORDED_ALREADY);
  if (recorded.length >= DIGESTS_MAX) return fail(codes.TOO_MANY_DIGESTS);
  const facts = { epoch, by: ctx.account, nodes: BigInt(measured.length), entries, root };
  const isFirst = recorded.length === 0;
  const due = isFirst ? [{ atMs: (epoch + 2n) * epochMs, ...evaluation(epoch, 0n) }] : [];
  return ok({ events: [creditEvent('DigestRecorded', facts)], due });
}

function measuredIn({ entries }: DigestRecord): readonly Measured[] {
  const measured = unpackEntries(entries);
  assert(measured !== undefined, 'a recorded digest is sound');
  return measured;
}

/** What time brings: the nodes of an epoch, or, after a vote about thresholds, every account. */
export function due<Event>(
  state: StateReader,
  { kind, subject }: { kind: string; subject: bigint },
  nowMs: bigint,
  needs: CreditNeeds<Event>,
): Decision<CreditEvent | Event> {
  const steps = new Steps<CreditEvent | Event>(state, needs.evolve);
  if (kind === 'permissions') askAgain(steps, subject, nowMs, needs);
  else evaluate(steps, subject, nowMs, needs);
  return steps.decision();
}

type CreditSteps<Event> = Steps<CreditEvent | Event>;

/** So many at a time, all at the epoch's facts; with the last of them the digests leave the state, and validators come and go. */
function evaluate<Event>(steps: CreditSteps<Event>, subject: bigint, nowMs: bigint, needs: CreditNeeds<Event>): void {
  const [epoch, after] = [subject >> NODE_BITS, subject & DIGEST_NODE_MAX];
  const digests = digestsOf(steps.state, epoch);
  const all = digests.flatMap((digest) => measuredIn(digest).map((of) => ({ by: digest.by, of })));
  const byNode = Map.groupBy(all, ({ of }) => of.node);
  const nodes = [...byNode.keys()].filter((node) => node > after).toSorted(ascending);
  const now = nodes.slice(0, NODES_AT_ONCE);
  const terms = needs.terms();
  for (const node of now) {
    const median = medianOf(byNode.get(node)!.map(({ of }) => of));
    steps.add(...evaluated(steps.state, { epoch, median, terms, nowMs }, needs));
    steps.take(needs.at(steps.state).timeCounted({ node, online: BigInt(median.online) }, nowMs));
  }
  const there = needs.at(steps.state);
  // Several nodes may be one account's: it is asked when they are done.
  const operators = new Set(now.map((node) => needs.node(node)?.operator ?? 0n));
  for (const account of operators)
    steps.add(...accountPermissions(steps.state, { account, cause: 'evaluation', nowMs }, there));
  if (nodes.length > now.length) {
    steps.wait({ atMs: nowMs, ...evaluation(epoch, now.at(-1)!) });
    return;
  }
  const far = farOffOf([...byNode.values()]);
  const maintainers = [...new Set(digests.map(({ by }) => by))];
  for (const by of maintainers) steps.add(...closing(steps.state, { epoch, by, isFarOff: far.has(by), nowMs }));
  askValidators(steps, { cause: 'evaluation', nowMs }, needs);
}

/** At most 64 validators live. */
function askValidators<Event>(
  steps: CreditSteps<Event>,
  change: { cause: 'evaluation' | 'threshold'; nowMs: bigint },
  needs: CreditNeeds<Event>,
): void {
  for (const of of needs.validators())
    steps.add(...validatorPermission(steps.state, { ...of, ...change }, needs.at(steps.state)));
  steps.take(needs.at(steps.state).standings(change.nowMs));
}

function askAgain<Event>(steps: CreditSteps<Event>, after: bigint, nowMs: bigint, needs: CreditNeeds<Event>): void {
  const accounts = needs.accountsAfter(after, ACCOUNTS_AT_ONCE);
  for (const account of accounts)
    steps.add(...accountPermissions(steps.state, { account, cause: 'threshold', nowMs }, needs));
  if (accounts.length === ACCOUNTS_AT_ONCE) steps.wait({ atMs: nowMs, ...permissionsAfter(accounts.at(-1)!) });
  else askValidators(steps, { cause: 'threshold', nowMs }, needs);
}

/** Every account is asked anew from the next block on; what waited for that begins again. */
export function thresholdChanged(nowMs: bigint): Decision<never> {
  const item = permissionsAfter(0n);
  return { events: [], cancel: [item], due: [{ atMs: nowMs, ...item }] };
}

function permissionsAfter(account: bigint): Omit<DueItem, 'atMs'> {
  return { contract: creditDefinition.id, kind: 'permissions', subject: account };
}

function evaluated<Event>(
  state: StateReader,
  of: { epoch: bigint; median: Measured; terms: CreditTerms; nowMs: bigint },
  needs: Pick<CreditNeeds<Event>, 'node'>,
): CreditEvent[] {
  const { epoch, median, terms, nowMs: atMs } = of;
  const { node, online, activity, probesFailed } = median;
  const known = needs.node(node);
  // It retired meanwhile.
  if (known === undefined) return [];
  const { operator, ...counted } = known;
  const facts = { ...counted, online: BigInt(online), activity: BigInt(activity), probesFailed: BigInt(probesFailed) };
  const components = componentsOf(facts, terms);
  const before = state.read(creditTables.credits, node);
  const to = creditOf(components, terms.weights);
  if (before?.credit === to) return [];
  const cause = before === undefined ? 'first-evaluation' : causeOf(before, facts, terms);
  const said = { node, operator, epoch, from: before?.credit ?? 0n, to, cause, atMs };
  return [creditEvent('CreditChanged', { ...facts, activityCount: facts.activity, ...components, ...said })];
}

/** Who measured a node's time online far from the median of three maintainers or more. */
function farOffOf(nodes: readonly (readonly { by: bigint; of: Measured }[])[]): Set<bigint> {
  const far = nodes.flatMap((measured) => {
    if (measured.length < 3) return [];
    const { online } = medianOf(measured.map(({ of }) => of));
    return measured.filter(({ of }) => Math.abs(of.online - online) > FAR_OFF).map(({ by }) => by);
  });
  return new Set(far);
}

function closing(
  state: StateReader,
  { epoch, by, isFarOff, nowMs: atMs }: { epoch: bigint; by: bigint; isFarOff: boolean; nowMs: bigint },
): CreditEvent[] {
  const farOff = isFarOff ? (state.read(creditTables.farOff, by) ?? 0n) + 1n : 0n;
  const event = creditEvent('DigestEvaluated', { epoch, by, isFarOff, farOff, atMs });
  return farOff < FAR_OFF_TIMES ? [event] : [event, creditEvent('MaintainerFarOff', { by, epoch, farOff })];
}

function evaluation(epoch: bigint, after: bigint): Omit<DueItem, 'atMs'> {
  return { contract: creditDefinition.id, kind: 'evaluate', subject: (epoch << NODE_BITS) | after };
}

export function evolve(state: StateWriter, event: CreditEvent): void {
  switch (event.type) {
    case 'DigestRecorded': {
      const { epoch, by, entries } = event;
      const number = state.read(creditTables.counters, 0n)?.nextDigest ?? 1n;
      state.write(creditTables.counters, 0n, { nextDigest: number + 1n });
      state.write(creditTables.digests, number, { by, entries });
      state.write(creditTables.epochs, epoch, [...(state.read(creditTables.epochs, epoch) ?? []), number]);
      return;
    }
    case 'CreditChanged': {
      const { completed, broken, qualityMissed, contestsLost, suspensions, equivocations } = event;
      const counted = { completed, broken, qualityMissed, contestsLost, suspensions, equivocations };
      const measured = { online: event.online, probesFailed: event.probesFailed, activity: event.activityCount };
      state.write(creditTables.credits, event.node, { credit: event.to, facts: { ...measured, ...counted } });
      return;
    }
    case 'PermissionChanged':
      permit(state, event);
      return;
    case 'DigestEvaluated':
      forget(state, event);
      if (event.farOff === 0n) state.erase(creditTables.farOff, event.by);
      else state.write(creditTables.farOff, event.by, event.farOff);
      return;
    case 'MaintainerFarOff':
      return;
  }
}

function permit(state: StateWriter, event: Extract<CreditEvent, { type: 'PermissionChanged' }>): void {
  const { account, node, permission, to } = event;
  if (permission === 'consensus') {
    if (to) state.erase(creditTables.keptOut, node);
    else state.write(creditTables.keptOut, node, true);
    return;
  }
  const others = (state.read(creditTables.refusals, account) ?? []).filter((name) => name !== permission);
  const refused = to ? others : [...others, permission];
  if (refused.length === 0) state.erase(creditTables.refusals, account);
  else state.write(creditTables.refusals, account, refused);
}

function forget(state: StateWriter, { epoch, by }: { epoch: bigint; by: bigint }): void {
  const left = (state.read(creditTables.epochs, epoch) ?? []).filter((number) => {
    const isOther = state.read(creditTables.digests, number)?.by !== by;
    if (!isOther) state.erase(creditTables.digests, number);
    return isOther;
  });
  if (left.length === 0) state.erase(creditTables.epochs, epoch);
  else state.write(creditTables.epochs, epoch, left);
}
