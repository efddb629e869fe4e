import type { Decided } from '#ledger/consensus/effects.ts';
import { address, height as heightOf, round as roundOf, type SignedVote } from '#ledger/consensus/types.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { ABSENT, commitOf, FOR_BLOCK, type Commit } from '#ledger/core/commit.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { nextBlockBytes } from './block-size.ts';
import type { Chain, Content } from './chain.ts';
import { applyDecision } from './ledger-state.ts';
import { coreVote, membersOf, valueIdOfBlock } from './network.ts';
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

/** The one way in which the chain grows, whether the block was decided here or fetched. */
export function apply(context: Context, content: Content, commit: Commit): void {
  const { parts, mempool } = context;
  const begunAtMs = parts.nowMs();
  const { chain, record } = applyDecision(context.chain, { content, commit }, parts, parts.executed);
  context.chain = chain;
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

/** The precommit that stands in the last commit at this validator's position; undefined when none does. */
function keptPrecommit({ height, blockId, commit }: Chain, at: number): SignedVote | undefined {
  const kept = commit.signatures[at];
  if (kept === undefined || kept.flag === ABSENT) return undefined;
  const vote = {
    kind: 'precommit' as const,
    height: heightOf(height),
    round: roundOf(commit.round),
    valueId: kept.flag === FOR_BLOCK ? valueIdOfBlock(blockId) : null,
    validator: address(toHex(kept.validator)),
  };
  return { vote, timestampMs: milliseconds(kept.timeNs), signature: kept.signature };
}

/**
 * A precommit that came after the decision completes the commit that the next block will carry. One that contradicts what stands there is
 * evidence: the driver may be in the next height already, and no longer see it.
 */
export function addLatePrecommit(context: Context, signed: SignedVote): void {
  const { chain } = context;
  const { vote } = signed;
  if (vote.kind !== 'precommit' || vote.height !== chain.height || vote.round !== chain.commit.round) return;
  const votes = coreVote(setAt(chain.schedule, chain.height).set, signed);
  const single = commitOf({ height: chain.height, round: chain.commit.round, blockId: chain.blockId }, [votes]);
  const entry = single.signatures[0];
  const at = votes.index;
  if (entry === undefined || at < 0) return;
  const kept = keptPrecommit(chain, at);
  if (kept !== undefined) {
    if (kept.vote.valueId !== vote.valueId) context.evidence.add(kept, signed);
    return;
  }
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
