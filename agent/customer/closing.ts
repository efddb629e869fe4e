import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, type Outcome } from '#agent/outcome.ts';
import { isOf, type Payload, type ProvedEvents } from '#agent/proved-events.ts';
import { closeChannelCommand } from '#agent/ledger-terms.ts';
import { voucherOf, type SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import type { Command } from '#agent/submission.ts';

/** A provider's agent shows the last voucher within half of the time to contest, ten minutes at most; who is a customer waits a little longer. */
const AGENT_PARTS = 4;
const AGENT_TAKES = 3;
const AGENT_MS_MAX = 900_000;
const LOOK_MS = 2_000;
/** Looks in a row that came to nothing: then it is left to the next start. */
const FAILED_MAX = 30;

/** What is to be done about the last voucher of an order, by what the ledger has of it. */
export type ClosingStep =
  /** The bill does not need it any more, or not yet. */
  | { readonly what: 'nothing'; readonly why: 'runs' | 'settled' | 'shown' | 'too-late' }
  | { readonly what: 'wait'; readonly untilMs: number }
  | { readonly what: 'show' };

/** Pure. `events` are those of the program's account, in the ledger's order. */
export function closingStep(events: readonly Payload[], last: SignedVoucher, nowMs: number): ClosingStep {
  const agreement = BigInt(last.agreement);
  const of = (type: string): Payload | undefined => events.findLast(isOf(agreement, type));
  const ended = of('AgreementEnded');
  if (of('AgreementSettled') !== undefined) return { what: 'nothing', why: 'settled' };
  if (ended === undefined) return { what: 'nothing', why: 'runs' };
  const shown = of('VoucherShown');
  const isOwn = events.some((event) => isOf(agreement, 'VoucherShown')(event) && event['by'] === event['customer']);
  if (isOwn || (shown !== undefined && Number(shown['interval']) >= last.interval))
    return { what: 'nothing', why: 'shown' };
  const settling = shown ?? of('AgreementJudged') ?? ended;
  const [endedAtMs, settleAtMs] = [Number(ended['endedAtMs']), Number(settling['settleAtMs'])];
  if (nowMs >= settleAtMs) return { what: 'nothing', why: 'too-late' };
  // What the agent showed is older than what it signed itself: nothing better will come of it.
  if (shown !== undefined) return { what: 'show' };
  const untilMs = endedAtMs + Math.min(((settleAtMs - endedAtMs) * AGENT_TAKES) / AGENT_PARTS, AGENT_MS_MAX);
  return nowMs >= untilMs ? { what: 'show' } : { what: 'wait', untilMs };
}

export interface ClosingParts {
  readonly events: Pick<ProvedEvents, 'upToNow'>;
  sign(command: Command): Promise<Outcome<unknown>>;
  say(sentence: string): void;
  nowMs(): number;
}

/**
 * Shows a program's last voucher of an ended order on the ledger, where the provider's agent has not within its time, or has shown an older one
 * [8.1.2-a]. Stopped at any moment and started again it does the same: the ledger takes one voucher of each side.
 */
export class Closing {
  readonly #parts: ClosingParts;
  readonly #open = new Map<number, SignedVoucher>();
  #lastSaid = '';

  constructor(parts: ClosingParts) {
    this.#parts = parts;
  }

  /** From now on the newest vouchers of their orders. */
  add(...lasts: readonly SignedVoucher[]): void {
    for (const last of lasts) this.#open.set(last.agreement, last);
  }

  /** Until nothing is left to show of what was added. Orders that still run are left to the next start. */
  async run(): Promise<void> {
    let failed = 0;
    while (this.#open.size > 0 && failed < FAILED_MAX) {
      const isWaiting = await this.#look().catch((error: unknown) => {
        failed += 1;
        this.#say(`Whether a voucher has to be shown is not known: ${reasonOf(error)}`);
        return null;
      });
      if (isWaiting === false) return;
      if (isWaiting === true) failed = 0;
      await sleep(LOOK_MS);
    }
  }

  /** One look at the ledger; true while something is waited for. */
  async #look(): Promise<boolean> {
    const events = await this.#parts.events.upToNow();
    for (const last of [...this.#open.values()]) {
      const step = closingStep(events, last, this.#parts.nowMs());
      if (step.what === 'nothing') this.#open.delete(last.agreement);
      if (step.what === 'wait') this.#say(waitSentence(last, step.untilMs));
      if (step.what === 'show') await this.#show(last);
    }
    return this.#open.size > 0;
  }

  async #show(last: SignedVoucher): Promise<void> {
    const { agreement, interval, signature } = last;
    const command = closeChannelCommand(voucherOf(agreement, last), fromHex(signature) ?? new Uint8Array(0));
    const shown = await this.#parts.sign(command);
    if (shown.ok) {
      this.#open.delete(agreement);
      this.#say(`The last voucher of O-${agreement}, about ${interval} intervals, was shown on the ledger.`);
    } else this.#say(`The last voucher of O-${agreement} was not shown: ${shown.sentence}`);
  }

  #say(sentence: string): void {
    if (sentence !== this.#lastSaid) this.#parts.say(sentence);
    this.#lastSaid = sentence;
  }
}

function waitSentence({ agreement }: SignedVoucher, untilMs: number): string {
  const until = new Date(untilMs).toISOString();
  return `O-${agreement} has ended. If its provider’s agent does not show the last voucher by ${until}, this program does; stopped before, it does so when it is started again in time.`;
}
