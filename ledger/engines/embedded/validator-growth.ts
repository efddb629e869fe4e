import type { Decided } from '#ledger/consensus/effects.ts';
import type { SignedVote } from '#ledger/consensus/types.ts';
import { addVote, EMPTY_TALLY, type Tally } from '#ledger/consensus/votes.ts';
import { commitOf, type Commit } from '#ledger/core/commit.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { nextBlockBytes } from './block-size.ts';
import type { Chain, Content } from './chain.ts';
import { applyDecision } from './ledger-state.ts';
import { coreVote, membersOf } from './network.ts';
import { paceOf } from './pace.ts';
import type { Context } from './validator-context.ts';

export function commitOfDecision(context: Context, decision: Decided, content: Content): Commit {
  const { height, round } = decision;
  const { set } = setAt(context.chain.schedule, height);
  const votes = membersOf(set).validators.map(({ address: of }) => {
    const signed = decision.precommits.find((each) => each.vote.validator === of);
    return signed && coreVote(set, signed);
  });
  return commitOf({ height, round, blockId: content.id }, votes);
}

/**
 * The one way in which the chain grows, whether the block was decided here or fetched. `precommits` are those of its round that the driver has
 * seen; of a fetched one none.
 */
export function apply(context: Context, content: Content, commit: Commit, precommits: Tally = EMPTY_TALLY): void {
  const { parts, mempool } = context;
  const begunAtMs = parts.nowMs();
  const { chain, record } = applyDecision(context.chain, { content, commit }, parts, parts.executed);
  context.chain = chain;
  context.precommits = precommits;
  context.decidedAtMs = parts.nowMs();
  context.isHeightBegun = false;
  parts.committed(chain.height);
  context.evidence.committed(content.block.evidence, chain.height);
  for (const item of record.transactions) if (item.txId !== undefined) mempool.remove(item.txId);
  mempool.recheck((bytes) => parts.application.checkTx(bytes, { nowMs: parts.nowMs(), recheck: true }).code === 0);
  const bytes = content.block.transactions.reduce((sum, each) => sum + each.length, 0);
  context.blockBytes = nextBlockBytes(context.blockBytes, { bytes, tookMs: Number(parts.nowMs() - begunAtMs) });
  context.sync.advanced();
  keepPace(context);
}

/**
 * A precommit that came after the decision completes the commit that the next block will carry. One that contradicts another is evidence: the
 * driver may be in the next height already, and no longer sees it.
 */
export function addLatePrecommit(context: Context, signed: SignedVote): void {
  const { chain } = context;
  const { vote } = signed;
  if (vote.kind !== 'precommit' || vote.height !== chain.height || vote.round !== chain.commit.round) return;
  const { set } = setAt(chain.schedule, chain.height);
  const votes = coreVote(set, signed);
  const single = commitOf({ height: chain.height, round: chain.commit.round, blockId: chain.blockId }, [votes]);
  const entry = single.signatures[0];
  const at = votes.index;
  if (entry === undefined || at < 0) return;
  const { tally, contradicts } = addVote(context.precommits, signed, Number(set.validators[at]?.power ?? 0n));
  context.precommits = tally;
  if (contradicts !== undefined) context.evidence.add(contradicts, signed);
  if (chain.commit.signatures[at]?.signature.length !== 0) return;
  const signatures = chain.commit.signatures.with(at, entry);
  context.chain = { ...chain, commit: { ...chain.commit, signatures } };
  keepPace(context);
}

function isEveryPrecommitHere(chain: Chain): boolean {
  return chain.commit.signatures.every((each) => each.signature.length > 0);
}

/** Begins the next height when there is a reason to, else looks again when time alone could bring one. */
export function keepPace(context: Context): void {
  const { parts, chain, participant } = context;
  context.cancelPace();
  if (context.isStopped || participant.state().height > chain.height) return;
  if (context.sync.isCatchingUp() || context.join.isUnderWay() || chain.height < parts.followUntilHeight) return;
  const pace = paceOf({
    chain,
    nowMs: parts.nowMs(),
    decidedAtMs: context.decidedAtMs,
    isTransactionWaiting: context.mempool.size() > 0,
    isHeightBegun: context.isHeightBegun,
    isEveryPrecommitHere: isEveryPrecommitHere(chain),
  });
  if (pace.begin) {
    participant.start(chain.height + 1n);
    parts.progressed();
  } else {
    context.cancelPace = parts.after(pace.afterMs, () => keepPace(context));
  }
}
