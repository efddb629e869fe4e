import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { securityCodes } from '#ledger/contracts/security/definition.ts';
import type { RepairCommand } from '#ledger/contracts/security/repair-words.ts';
import { answerRepairCommand, type LedgerCommand } from '#agent/ledger-terms.ts';
import { repairName, type OrderBook, type Repair } from '#agent/order-book.ts';
import type { Submission } from '#agent/submission.ts';
import type { RepairAnswer } from './commands.ts';

/** Commands within an hour; those beyond are refused. */
const PER_HOUR_MAX = 12;
const HOUR_MS = 3_600_000;
/** After a success the event follows; only when it stays away is it said again. */
const REPEAT_MS = 30_000;
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
/** A command so long over is of the past, which an agent reads when it begins: it needs no answer any more. */
const LONG_OVER_MS = HOUR_MS;
/** The ledger wants no answer, or none from this key. */
const OVER: readonly (number | null)[] = [
  admissionCodes.KEY_NOT_ALLOWED,
  securityCodes.COMMAND_UNKNOWN,
  securityCodes.INCIDENT_UNKNOWN,
  securityCodes.NOT_THE_NODE,
];

const KEY_TOO_NARROW =
  'This agent’s key was authorised without the method AnswerRepair, so nobody hears what came of the command. Authorise a new key for it in the portal under Agents.';

export interface RepairDutyParts<Command extends RepairCommand> {
  readonly book: Pick<OrderBook, 'repairs' | 'head' | 'record'>;
  /** What this program can carry out. */
  readonly knows: readonly Command[];
  /** What the operator's config allows. */
  readonly allow: readonly RepairCommand[];
  readonly nowMs: () => number;
  carryOut(command: Command, node: number): Promise<RepairAnswer>;
  submit(command: LedgerCommand): Promise<Submission>;
  log(sentence: string): void;
}

/**
 * Does what a maintainer ordered on the ledger [8.5.1-f]. Only proved events bring a command into the book, so that it is signed, by a maintainer, in
 * an open incident of this node, and no other; it is carried out once, also after a crash. What the agent adds: its time, its operator's
 * word, and a bound. Whatever it decides, it answers on the ledger by its own key.
 */
export class RepairDuty<Command extends RepairCommand> {
  readonly #parts: RepairDutyParts<Command>;
  #begunAtMs: number[] = [];
  readonly #attempts = new Map<string, { notBeforeMs: number; waitMs: number }>();
  #isBusy = false;

  constructor(parts: RepairDutyParts<Command>) {
    this.#parts = parts;
    // What stands as begun was under way when the agent ended.
    for (const repair of parts.book.repairs.values())
      if (repair.state === 'begun')
        this.#record(repair, {
          outcome: 'failed',
          text: 'The agent stopped while it was at it, and was started again.',
        });
  }

  async perform(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (const repair of [...this.#parts.book.repairs.values()]) {
        if (repair.state === 'commanded') await this.#decide(repair);
      }
      await this.#answer();
    } finally {
      this.#isBusy = false;
    }
  }

  async #decide(repair: Repair): Promise<void> {
    const { book, log } = this.#parts;
    const nowMs = this.#ledgerNowMs();
    if (nowMs > repair.expiresAtMs + LONG_OVER_MS) {
      book.record({ ...repair, kind: 'repair', state: 'over' });
      return;
    }
    const refusal = this.#refusal(repair, nowMs);
    if (refusal !== null) {
      log(`A maintainer ordered “${repair.command}” (incident I-${repair.incident}). It is refused: ${refusal}`);
      this.#record(repair, { outcome: 'refused', text: refusal });
      return;
    }
    log(`A maintainer ordered “${repair.command}” (incident I-${repair.incident}). It is carried out.`);
    this.#begunAtMs.push(nowMs);
    // On disk before anything is done: a crash in the middle is told as one, and nothing is done twice.
    book.record({ ...repair, kind: 'repair', state: 'begun' });
    const answer = await this.#parts.carryOut(repair.command as Command, repair.node);
    log(`“${repair.command}”: ${answer.outcome}. ${answer.text}`);
    this.#record(repair, answer);
  }

  /** Why it is not carried out; null where nothing stands against it. */
  #refusal({ command, expiresAtMs }: Repair, nowMs: number): string | null {
    if (nowMs > expiresAtMs) return 'Its time was over when the agent read it.';
    const known = this.#parts.knows.find((word) => word === command);
    if (known === undefined) return 'This version of the agent does not know the command.';
    if (!this.#parts.allow.includes(known)) return 'The operator’s configuration does not allow this command.';
    this.#begunAtMs = this.#begunAtMs.filter((atMs) => atMs > nowMs - HOUR_MS);
    return this.#begunAtMs.length >= PER_HOUR_MAX ? `It carries out at most ${PER_HOUR_MAX} commands an hour.` : null;
  }

  /** A machine whose clock is set back does not make an old command a new one: the newest proved header counts as well. */
  #ledgerNowMs(): number {
    return Math.max(this.#parts.nowMs(), this.#parts.book.head?.timeMs ?? 0);
  }

  #record(repair: Repair, { outcome, text }: RepairAnswer): void {
    this.#parts.book.record({ ...repair, kind: 'repair', state: 'told', outcome, text });
  }

  /** Says the answers that the ledger is not proved to have; each is `over` by the proved event, or when the ledger wants none. */
  async #answer(): Promise<void> {
    const { book, nowMs } = this.#parts;
    for (const repair of [...book.repairs.values()]) {
      const name = repairName(repair);
      if (repair.state !== 'told') this.#attempts.delete(name);
      else if (nowMs() >= (this.#attempts.get(name)?.notBeforeMs ?? 0)) await this.#say(name, repair);
    }
  }

  async #say(name: string, repair: Repair): Promise<void> {
    const { book, submit, nowMs, log } = this.#parts;
    const submission = await submit(answerRepairCommand(repair));
    const code = submission.kind === 'unknown' ? null : submission.code;
    if (submission.kind !== 'unknown' && OVER.includes(code)) {
      if (code === admissionCodes.KEY_NOT_ALLOWED) log(KEY_TOO_NARROW);
      book.record({ ...repair, kind: 'repair', state: 'over' });
      return;
    }
    const isTaken = submission.kind === 'decided' && code === 0;
    const waitedMs = this.#attempts.get(name)?.waitMs ?? RETRY_MS_MIN / 2;
    const waitMs = isTaken ? REPEAT_MS : Math.min(waitedMs * 2, RETRY_MS_MAX);
    this.#attempts.set(name, { notBeforeMs: nowMs() + waitMs, waitMs });
  }
}
