import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { nodeCodes, NODE_NAME_MAX, type RegisteredClass } from '#ledger/contracts/node/definition.ts';
import { registerNodeCommand, updateNodeCommand, type LedgerCommand } from './ledger-terms.ts';
import type { OrderBook } from './order-book.ts';
import type { Submission } from './submission.ts';

/** After a success the event follows; only when it stays away is it said again. */
const REPEAT_MS = 30_000;
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 300_000;

export interface NodeDutyParts {
  readonly book: Pick<OrderBook, 'identity' | 'node'>;
  /** What the agent is called, which version it runs, and the origin at which it is reached. */
  readonly label: string;
  readonly software: string;
  readonly publicOrigin: string;
  /** An agent's node serves; a portal's is common. */
  readonly class?: RegisteredClass;
  readonly nowMs: () => number;
  submit(command: LedgerCommand): Promise<Submission>;
  log(sentence: string): void;
}

/**
 * An agent’s or a portal’s place in the register of nodes, worked out from proved events: it registers once its key is allowed, says when its version or its
 * origin is another, and gives a sign when it was reported. Its orders need none of it: a key without these methods serves on.
 */
export class NodeDuty {
  readonly #parts: NodeDutyParts;
  readonly #name: string;
  readonly #endpoint: string;
  #notBeforeMs = 0;
  #waitMs = RETRY_MS_MIN;
  /** The ledger will not take it from this key. */
  #isOver = false;

  constructor(parts: NodeDutyParts) {
    this.#parts = parts;
    const label = parts.label.replaceAll(/\p{Cc}/gu, ' ').trim();
    this.#name = label === '' ? 'agent' : label.slice(0, NODE_NAME_MAX);
    this.#endpoint = new URL(parts.publicOrigin).origin;
  }

  /** Its version and its origin, as it says them on the ledger. */
  get said(): LedgerCommand {
    return updateNodeCommand({ software: this.#parts.software, endpoint: this.#endpoint });
  }

  /** What is to be said now; null when the register says it already. */
  due(): LedgerCommand | null {
    const { book, software } = this.#parts;
    const { identity, node } = book;
    if (identity === null || this.#isOver) return null;
    const endpoint = this.#endpoint;
    if (node === null || node.key !== identity.key)
      return registerNodeCommand({ class: this.#parts.class ?? 'service', name: this.#name, software, endpoint });
    // Its operator or a node provider took it out: that is not for the agent to undo.
    if (node.status === 'retired') return null;
    const isSaid = node.software === software && node.endpoint === endpoint;
    const isAwaited = node.status === 'suspended' && !node.isHeard;
    return isSaid && !isAwaited ? null : updateNodeCommand({ software, endpoint });
  }

  /** Says it, and again later when the ledger did not take it. */
  async perform(): Promise<void> {
    const { nowMs, submit, log } = this.#parts;
    const command = this.due();
    if (command === null || nowMs() < this.#notBeforeMs) return;
    const submission = await submit(command);
    if (submission.kind === 'decided' && submission.code === 0) {
      this.#waitMs = RETRY_MS_MIN;
      this.#notBeforeMs = nowMs() + REPEAT_MS;
      log(
        command.method.name === 'RegisterNode'
          ? 'This key registered as a node of the network; a node provider admits it.'
          : 'The register of nodes has this node’s version and address.',
      );
      return;
    }
    this.#notBeforeMs = nowMs() + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, RETRY_MS_MAX);
    this.#explain(submission);
  }

  #explain(submission: Submission): void {
    const { log } = this.#parts;
    const code = submission.kind === 'unknown' ? null : submission.code;
    if (code === admissionCodes.KEY_NOT_ALLOWED) {
      this.#isOver = true;
      log(
        'This node’s key was authorised without the methods RegisterNode and UpdateNode, so it stands in no register of nodes. It serves on. To register it, authorise a new key for it in the portal, an agent’s under Agents, a portal’s under Programs.',
      );
    } else if (code === nodeCodes.KEY_REGISTERED) {
      this.#isOver = true;
      log(
        'This key has a node in the register that its program does not know, or had one that was suspended when it retired.',
      );
    }
  }
}
