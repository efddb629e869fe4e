import type { CborValue } from '#ledger/core/codec.ts';
import type {
  CommittedBlock,
  ControlCommand,
  EngineFigures,
  EngineStatus,
  SubmitResult,
  TransactionOutcome,
} from '#ledger/core/committed.ts';

/** The port both engines implement; the ledger process owns the one instance. */
export interface Engine {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Admission (checkTx) and gossip. Resolves before the transaction is decided. */
  submit(bytes: Uint8Array): Promise<SubmitResult>;
  /** The decided outcome, or undefined when the deadline passed first. */
  outcome(txId: Uint8Array, timeoutMs: number): Promise<TransactionOutcome | undefined>;
  /** Reads committed state. Paths are the machine's; a failure is a code. */
  query(
    path: string,
    args: CborValue,
  ): Promise<{ ok: true; value: CborValue; height: bigint } | { ok: false; code: number }>;
  /**
   * Receipt file of an executed item by log index, once its header H+1 is committed; undefined when there is none yet. Its trail begins
   * at `fromHeight`, that of the asker's checkpoint, or at genesis; of one that is too long for a file it holds the newest part.
   */
  receipt(logIndex: bigint, fromHeight?: bigint): Promise<CborValue | undefined>;
  /**
   * Newest decided header with its commit (`interpool-head/1`), for those who need proof that time went on, with a trail as in a receipt;
   * undefined before block 1.
   */
  head(fromHeight?: bigint): Promise<CborValue | undefined>;
  /** Every committed block from `fromHeight` (or `firstHeight`, if that is higher) on, in order, each once; awaits the callback before the next one. */
  subscribe(fromHeight: bigint, onBlock: (block: CommittedBlock) => Promise<void>): () => void;
  status(): Promise<EngineStatus>;
  /** What is measured here, for operators: nothing of it is decided, and nothing hangs on it. */
  figures(): Promise<EngineFigures>;
  /** Control commands, own user only; engines without the ability answer with a sentence. */
  control(command: ControlCommand): Promise<{ ok: boolean; sentence: string }>;
}
