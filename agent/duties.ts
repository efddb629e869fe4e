import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import type { Args, Method } from '#ledger/core/transaction.ts';
import type { WatchfulClock } from './clock.ts';
import { servedBitmap, type Meter, type Usage } from './gateway/meter.ts';
import { ownHex } from './ledger-events.ts';
import type { Order, OrderBook } from './order-book.ts';
import { sealLink } from './sealing.ts';
import type { Submission } from './submission.ts';
import { sourceName } from './uptime.ts';

const CLAIM_EVERY_MS = 600_000;
/** After a success the event follows; only when it stays away is the duty done again. */
const REPEAT_MS = 30_000;
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
const ORDERS_AT_ONCE = 8;
const ATTEMPTS_KEPT_MAX = 10_000;

export type SuspendReason = 'metadata-mismatch' | 'source-unavailable';

export interface DutyParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  submit(command: { method: Method; args: Args }): Promise<Submission>;
  /** Why an order cannot be served, a sentence; null when it can. */
  refusal(terms: Order['terms']): string | null;
  /** Brings the record of uptime to now. */
  beat(): void;
  log(sentence: string): void;
}

/**
 * What the agent owes the ledger, worked out from the book every time and not from memory of what was sent: after a crash, a lost
 * answer or a replayed event the same duties come out, and each is refused by its contract when it was already done.
 */
export class Duties {
  readonly #parts: DutyParts;
  readonly #attempts = new Map<string, { notBeforeMs: number; waitMs: number }>();
  /** Orders that are being worked on. */
  readonly #busy = new Set<number>();
  readonly #usedUp = new Set<number>();
  readonly #toSuspend = new Map<number, SuspendReason>();

  constructor(parts: DutyParts) {
    this.#parts = parts;
  }

  /** The allowance of an agreement is used up: end it. */
  markUsedUp(agreement: number): void {
    this.#usedUp.add(agreement);
  }

  /** What is published about a resource no longer holds, or (null) holds again. */
  markResource(resource: number, reason: SuspendReason | null): void {
    if (reason === null) this.#toSuspend.delete(resource);
    else this.#toSuspend.set(resource, reason);
  }

  /** Does everything that is due, several orders at a time; what is still under way from before is left to that. */
  async perform(): Promise<void> {
    const { book } = this.#parts;
    if (book.identity === null) return;
    const orders = [...book.orders.values()].filter(({ isSettled }) => !isSettled);
    const tasks = [...orders.map((order) => () => this.#serveOrder(order)), () => this.#suspend()].values();
    const work = async (): Promise<void> => {
      for (const task of tasks) await task();
    };
    await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, work));
  }

  async #serveOrder(order: Order): Promise<void> {
    const { agreement } = order.terms;
    if (this.#busy.has(agreement)) return;
    this.#busy.add(agreement);
    try {
      await this.#deliver(order);
      await this.#reissue(order);
      await this.#end(order);
      await this.#claim(order);
    } finally {
      this.#busy.delete(agreement);
    }
  }

  async #suspend(): Promise<void> {
    for (const [resource, reason] of this.#toSuspend) {
      if (this.#parts.book.resources.get(resource)?.status !== 'published') continue;
      await this.#attempt(`suspend ${resource}`, {
        method: methodOf('SuspendResource'),
        args: { resource: BigInt(resource), reason },
        what: `Resource R-${resource} was suspended: ${reason}`,
      });
    }
  }

  async #deliver(order: Order): Promise<void> {
    const { clock } = this.#parts;
    if (
      order.window !== null ||
      order.ended !== null ||
      clock.nowMs() >= order.terms.prepareByMs ||
      clock.isBehindItself()
    )
      return;
    const { agreement, encryptionKey } = order.terms;
    if (!this.#isDue(`prepare ${agreement}`)) return;
    const refusal = this.#parts.refusal(order.terms);
    if (refusal !== null) {
      this.#parts.log(`Order O-${agreement} is not delivered: ${refusal}`);
      this.#postpone(`prepare ${agreement}`, RETRY_MS_MAX);
      return;
    }
    const descriptor = await this.#link(order, { issue: 1, encryptionKey });
    if (descriptor === null) return;
    await this.#attempt(`prepare ${agreement}`, {
      method: methodOf('Prepare'),
      args: { agreement: BigInt(agreement), startsAtMs: BigInt(clock.nowMs()), descriptor },
      what: `Order O-${agreement} was delivered`,
    });
  }

  async #reissue(order: Order): Promise<void> {
    const { reissueRequested } = order;
    if (reissueRequested === null || order.ended !== null) return;
    const { agreement } = order.terms;
    const { issue, encryptionKey } = reissueRequested;
    if (!this.#isDue(`reissue ${agreement} ${issue}`)) return;
    const descriptor = await this.#link(order, { issue, encryptionKey });
    if (descriptor === null) return;
    await this.#attempt(`reissue ${agreement} ${issue}`, {
      method: methodOf('Reissue'),
      args: { agreement: BigInt(agreement), issue: BigInt(issue), descriptor },
      what: `Order O-${agreement} has a new link, number ${issue}`,
    });
  }

  async #end(order: Order): Promise<void> {
    const { agreement } = order.terms;
    if (!this.#usedUp.has(agreement)) return;
    if (order.ended !== null) {
      this.#usedUp.delete(agreement);
      return;
    }
    await this.#attempt(`end ${agreement}`, {
      method: methodOf('EndAgreement'),
      args: { agreement: BigInt(agreement), reason: 'used-up' },
      what: `Order O-${agreement} was ended: its allowance is used up`,
    });
  }

  /** At the end, and every 10 minutes until then (PROTOCOL, Agent: metering). */
  async #claim(order: Order): Promise<void> {
    const { book, meter, clock } = this.#parts;
    const { agreement, resource, intervalMs } = order.terms;
    const { window } = order;
    const due = claimDue(order, { usage: meter.usage(agreement), nowMs: clock.nowMs() });
    if (due === null || window === null || book.identity === null) return;
    const name = `claim ${agreement} ${due.isLast ? 'last' : ''}`;
    if (!this.#isDue(name)) return;
    this.#parts.beat();
    const usage = meter.usage(agreement);
    const untilMs = Math.min(due.untilMs, window.endsAtMs);
    const served = servedBitmap(meter.upSpans(sourceName(resource)), {
      startsAtMs: window.startsAtMs,
      untilMs,
      intervalMs,
    });
    await this.#attempt(name, {
      method: methodOf('ClaimUsage'),
      args: {
        agreement: BigInt(agreement),
        calls: BigInt(usage.calls),
        rows: BigInt(usage.rows),
        bytes: BigInt(usage.bytes),
        served,
        untilMs: BigInt(untilMs),
      },
      what: `Order O-${agreement}: ${usage.calls} calls, ${usage.rows} rows and ${usage.bytes} bytes were claimed`,
    });
  }

  /** The sealed link of an issue: made once and remembered before anyone sees it, so that no restart makes a second token. */
  async #link(order: Order, wanted: { issue: number; encryptionKey: string }): Promise<Uint8Array | null> {
    const { agreement } = order.terms;
    const { issue, encryptionKey } = wanted;
    const known = order.links.get(issue);
    if (known !== undefined) return ownHex(known.descriptor);
    try {
      const { network } = this.#parts;
      const binding = {
        network,
        agreement: BigInt(agreement),
        encryptionKey: ownHex(encryptionKey),
        issue: BigInt(issue),
      };
      const { descriptor, tokenHash } = await sealLink(binding);
      const hex = Buffer.from(descriptor).toString('hex');
      this.#parts.book.record({ kind: 'sealed', agreement, issue, encryptionKey, tokenHash, descriptor: hex });
      return descriptor;
    } catch {
      this.#parts.log(
        `Order O-${agreement}: the customer’s encryption key cannot be sealed to; it will lapse with a full refund.`,
      );
      this.#postpone(`prepare ${agreement}`, RETRY_MS_MAX);
      return null;
    }
  }

  #isDue(name: string): boolean {
    return this.#parts.clock.nowMs() >= (this.#attempts.get(name)?.notBeforeMs ?? 0);
  }

  #postpone(name: string, waitMs: number): void {
    if (this.#attempts.size >= ATTEMPTS_KEPT_MAX) this.#attempts.clear();
    this.#attempts.set(name, { notBeforeMs: this.#parts.clock.nowMs() + waitMs, waitMs });
  }

  async #attempt(name: string, command: { method: Method; args: Args; what: string }): Promise<void> {
    if (!this.#isDue(name)) return;
    const submission = await this.#parts.submit(command);
    const isDone = submission.kind === 'decided' && submission.code === 0;
    const waited = this.#attempts.get(name)?.waitMs ?? RETRY_MS_MIN / 2;
    const waitMs = isDone ? REPEAT_MS : Math.min(waited * 2, RETRY_MS_MAX);
    this.#postpone(name, waitMs);
    if (isDone) this.#parts.log(`${command.what}.`);
    else
      this.#parts.log(
        `${command.method.name} was not accepted (${reasonOf(submission)}); it is tried again in ${waitMs / 1000} s.`,
      );
  }
}

/**
 * The claim that is due, if any. A regular one covers whole intervals only: a bit once claimed must never be taken back. The last one
 * covers the time to the end, and is due until the ledger has exactly what the meter counted.
 */
export function claimDue(
  order: Order,
  now: { readonly usage: Usage; readonly nowMs: number },
): { readonly isLast: boolean; readonly untilMs: number } | null {
  const { window, ended, claimed, terms } = order;
  const { usage, nowMs } = now;
  if (window === null) return null;
  if (ended !== null) {
    const untilMs = Math.max(Math.min(ended.endedAtMs, window.endsAtMs), claimed?.untilMs ?? 0);
    const isClaimed =
      claimed !== null &&
      claimed.untilMs === untilMs &&
      claimed.calls === usage.calls &&
      claimed.rows === usage.rows &&
      claimed.bytes === usage.bytes;
    return !isClaimed && untilMs > window.startsAtMs && nowMs >= untilMs && nowMs < ended.settleAtMs
      ? { isLast: true, untilMs }
      : null;
  }
  const coveredMs = claimed?.untilMs ?? window.startsAtMs;
  if (nowMs >= window.endsAtMs || nowMs - coveredMs < CLAIM_EVERY_MS) return null;
  const untilMs = nowMs - ((nowMs - window.startsAtMs) % terms.intervalMs);
  return untilMs > coveredMs ? { isLast: false, untilMs } : null;
}

function reasonOf(submission: Submission): string {
  if (submission.kind !== 'decided') return submission.sentence;
  if (submission.code === agreementCodes.WINDOW_START_INVALID)
    return 'this machine’s clock is more than 30 s away from the ledger’s';
  return `the ledger answered with code ${submission.code}`;
}
