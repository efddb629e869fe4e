import type { PeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import type { OpenedFiles } from '#ledger/engines/embedded/validator-files.ts';
import type { ExecutionRecord } from '#ledger/engines/execution.ts';
import type { StoredBlock } from '#ledger/storage/block-log.ts';

/** Whoever judges a cluster from outside. What it throws (`Violation`) ends the run. */
export interface Observer {
  /** Its folder was opened; the validator has said nothing yet. */
  opened?(node: number, files: OpenedFiles): void;
  /** It says this to a peer; the link may still make something else of it. */
  says?(from: number, to: number, message: PeerMessage): void;
  /** A peer's bytes reach it while it runs. */
  hears?(node: number, bytes: Uint8Array): void;
  /** A block was executed, and whoever submitted something is told of it. */
  executed?(node: number, height: bigint, record: ExecutionRecord): void;
  /** The block stands in its log. */
  committed?(node: number, block: StoredBlock): void;
  /** It rests, for now. */
  settled?(node: number): void;
  /** It is gone, by a power cut or because it halted (`cause`). */
  gone?(node: number, cause: unknown): void;
}
