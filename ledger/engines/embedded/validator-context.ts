import type { Application } from '#ledger/abci/application.ts';
import { statusOf } from '#ledger/consensus/catch-up.ts';
import type { step } from '#ledger/consensus/driver.ts';
import type { SignedProposal, SignedVote, Timeouts } from '#ledger/consensus/types.ts';
import type { Tally } from '#ledger/consensus/votes.ts';
import type { Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { ExecutionRecord } from '#ledger/engines/execution.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import type { BlockSync } from './block-sync.ts';
import type { Chain, Content } from './chain.ts';
import type { EvidencePool } from './evidence-pool.ts';
import type { Mempool } from './mempool.ts';
import type { Network } from './network.ts';
import type { Origin } from './origin.ts';
import type { Participant } from './participant.ts';
import { encodePeerMessage, type PeerMessage } from './peer-message.ts';
import type { SnapshotJoin, SnapshotJoinParts } from './snapshot-join.ts';
import type { SnapshotSource } from './snapshot-source.ts';

export interface ValidatorParts {
  readonly network: Network;
  readonly crypto: Crypto;
  readonly secretKey: Uint8Array;
  readonly application: Application;
  readonly log: BlockLog;
  /** State after the replay at start. */
  readonly chain: Chain;
  /** Where the log begins, when it is not genesis. */
  readonly origin: Origin | undefined;
  /** What it has for others that join. */
  readonly snapshots: SnapshotSource;
  /** How it joins by a snapshot itself. */
  readonly joining: Pick<SnapshotJoinParts, 'behindMin' | 'createApplication' | 'adopt'>;
  /** Below this height it only follows: it no longer knows what it has voted there. */
  readonly followUntilHeight: bigint;
  readonly timeouts: Timeouts;
  /** The driver: consensus' own wherever a validator runs; a simulation watches it, or hands in one with a fault. */
  readonly step: typeof step;
  readonly nowMs: () => bigint;
  /** Runs once after a delay; answers how to cancel it. */
  readonly after: (delayMs: number, action: () => void) => () => void;
  /** Has signatures of a fetched block checked before its turn, by whoever can beside this validator's own work; `done` in any case, soon. */
  readonly checkAhead: (transactions: readonly Uint8Array[], done: () => void) => void;
  readonly peers: () => readonly number[];
  readonly send: (peer: number, bytes: Uint8Array) => void;
  /** A block was decided and executed here; its record is about to be written. */
  readonly executed: (height: bigint, record: ExecutionRecord) => void;
  /** Its record is written too. */
  readonly committed: (height: bigint) => void;
  /** Height, round or catching-up changed. */
  readonly progressed: () => void;
  readonly tooManyWaiting: number;
  readonly unavailable: number;
}

/** A decided block of a peer, which waits for its turn. */
export interface FetchedBlock {
  readonly content: Content;
  readonly commit: Commit;
  /** Its transactions' signatures were checked, or nobody does that ahead of its execution. */
  isChecked: boolean;
}

/** What the parts of one validator share. */
export interface Context {
  readonly parts: ValidatorParts;
  readonly own: Uint8Array;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly participant: Participant;
  readonly sync: BlockSync<FetchedBlock>;
  readonly join: SnapshotJoin;
  chain: Chain;
  /** For the last block, and those that contradict them. */
  precommits: Tally;
  decidedAtMs: bigint;
  /** Of transactions in a block that this validator proposes. */
  blockBytes: number;
  superfluous: { readonly peer: number; readonly signed: SignedVote }[];
  isHeightBegun: boolean;
  /** Fetched blocks are about to be taken. */
  isTaking: boolean;
  isStopped: boolean;
  cancelPace: () => void;
  cancelStatus: () => void;
}

export function broadcast(context: Context, message: PeerMessage): void {
  const bytes = encodePeerMessage(message);
  for (const peer of context.parts.peers()) context.parts.send(peer, bytes);
}

export function statusMessage(context: Context): PeerMessage {
  return { kind: 'status', decided: context.chain.height, status: statusOf(context.participant.state()) };
}

export function contentMessage(context: Context, message: SignedProposal | SignedVote): PeerMessage | undefined {
  if ('vote' in message) return { kind: 'vote', signed: message };
  const content = context.participant.content(message.proposal.valueId);
  return content && { kind: 'proposal', signed: message, content: content.encoded };
}
