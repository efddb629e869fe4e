import { methodOf } from '#ledger/contracts/definitions.ts';
import type { PortalClient } from '#agent/portal-client.ts';
import { sentenceOfCode, submitTransaction, type Signer } from '#agent/submission.ts';
import type { Count, Figures } from '#metrics/figures.ts';
import { proposedSchema, returnsToSign, shiftsToSign, type Signed } from './shifts.ts';

const LOOK_MS = 15_000;
const PATH = '/api/v1/monitoring/shifts';

export interface ShifterParts {
  readonly client: PortalClient;
  readonly figures: Figures;
  log(sentence: string): void;
}

/** What the network says now. */
export interface NetworkNow {
  readonly nowMs: number;
  /** Thousandths of a core that a program may shift at once; 0: none. */
  readonly millicoresMax: number;
}

/** Shifts cores of hosts by itself and back, as far as a vote lets programs [6.2.2-c, 8.1.1-d, I.2-8]. */
export class Shifter {
  readonly #parts: ShifterParts;
  readonly #shifted: Count;
  readonly #movedAtMs = new Map<number, number>();
  #startedAtMs: number | undefined;

  constructor(parts: ShifterParts) {
    this.#parts = parts;
    this.#shifted = parts.figures.counter({
      name: 'interpool_maintainer_shifts_total',
      help: 'Shifts of cores of hosts that the ledger took from this program.',
    });
  }

  /** Signs what is proposed and allowed. Answers how long nothing more is to be done; throws a sentence where a shift was not made. */
  async look(signer: Signer, { nowMs, millicoresMax }: NetworkNow): Promise<number> {
    const startedAtMs = (this.#startedAtMs ??= nowMs);
    if (millicoresMax === 0) return LOOK_MS;
    const reply = await this.#parts.client.get(PATH);
    if (reply.kind !== 'done') throw new Error(reply.sentence);
    const { shifts, returns } = proposedSchema.parse(reply.body);
    const now = { millicoresMax, nowMs, movedAtMs: this.#movedAtMs };
    const signed: readonly Signed[] = [
      ...shiftsToSign(shifts, now),
      ...returnsToSign(returns, { ...now, startedAtMs }),
    ];
    for (const shift of signed) await this.#sign(shift, signer, nowMs);
    return LOOK_MS;
  }

  async #sign(shift: Signed, signer: Signer, nowMs: number): Promise<void> {
    const { node, from, to, millicores, reason } = shift;
    // Also where nobody knows what became of it: it may have been made.
    this.#movedAtMs.set(node, nowMs);
    const args = { node: BigInt(node), from, to, millicores: BigInt(millicores), reason };
    const submission = await submitTransaction(this.#parts.client, signer, { method: methodOf('ShiftShares'), args });
    if (submission.kind !== 'decided') throw new Error(`Nothing was shifted at N-${node}: ${submission.sentence}`);
    const { code } = submission;
    if (code !== 0) throw new Error(`Nothing was shifted at N-${node}: ${sentenceOfCode(code)}`);
    this.#shifted.inc();
    this.#parts.log(`Shifted ${millicores} thousandths of a core of N-${node} from ${from} to ${to}: ${reason}.`);
  }
}
