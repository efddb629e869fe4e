import type { Rules } from '#ledger/contracts/registry.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { EventPayload } from '#ledger/core/decision.ts';
import { append, type Frontier } from '#ledger/core/merkle-log.ts';
import { rootOfHashes } from '#ledger/core/merkle.ts';
import { encodeLeaf, eventLeaf, type DueSubject } from '#ledger/core/receipt.ts';
import type { FinalizedItem, ValidatorUpdate } from './application.ts';

/**
 * Leaves and events of a block beyond which its remaining transactions are answered, not executed. Together with the 4 MiB of the
 * transactions themselves and the last result it stays far below a journal record (16 MiB), whatever a faulty proposer puts together.
 */
export const RESULT_BYTES_MAX = 4 * 1024 * 1024;

/** The items of a block as they are executed, and the log that grows with them. */
export class BlockRun {
  readonly due: FinalizedItem[] = [];
  readonly transactions: FinalizedItem[] = [];
  readonly validatorUpdates: ValidatorUpdate[] = [];
  frontier: Frontier;
  readonly rules: Rules;
  #bytes = 0;
  readonly #crypto: Crypto;

  constructor(frontier: Frontier, crypto: Crypto, rules: Rules) {
    this.frontier = frontier;
    this.rules = rules;
    this.#crypto = crypto;
  }

  get isFull(): boolean {
    return this.#bytes >= RESULT_BYTES_MAX;
  }

  /** `subject` is the transaction's id or the due item. */
  record(item: {
    subject: Uint8Array | DueSubject;
    code: number;
    data: CborValue;
    events: readonly EventPayload[];
  }): FinalizedItem {
    const { subject, code, data, events } = item;
    const leaves = events.map((event) => eventLeaf(event, this.#crypto));
    const eventsRoot = rootOfHashes(
      leaves.map(({ hash }) => hash),
      this.#crypto,
    );
    const leaf = encodeLeaf({ subject, code, data, eventsRoot });
    this.#bytes += leaves.reduce((sum, { length }) => sum + length, leaf.length);
    const logIndex = this.frontier.size;
    this.frontier = append(this.frontier, leaf, this.#crypto);
    const txId = subject instanceof Uint8Array ? { txId: subject } : {};
    return { ...txId, code, data, events, logIndex, leaf };
  }
}
