import { claimDue, usedOf } from './claim.ts';
import type { WatchfulClock } from './clock.ts';
import type { Meter } from './gateway/meter.ts';
import { intervalsOf } from './intervals.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { ownHex } from './ledger-events.ts';
import {
  claimCommand,
  erasureCommand,
  isRangeOver,
  isStartRefused,
  prepareCommand,
  reissueCommand,
  suspendCommand,
  usedUpCommand,
  type LedgerCommand,
  type SuspendReason,
} from './ledger-terms.ts';
import type { Channels } from './channel/channels.ts';
import { endOf, isKeeping, isStoring, type Order, type OrderBook, type OwnResource } from './order-book.ts';
import { done, type Outcome } from './outcome.ts';
import { rangesDue, type RangeDue } from './range-duties.ts';
import type { Amounts, KindModule, Lines, OrderTerms, TaskRuns } from './resources/kind.ts';
import { hashOfToken, type LinkTokens } from './link-token.ts';
import { sealLink } from './sealing.ts';
import { reportSession } from './session-report.ts';
import type { Submission } from './submission.ts';
import { sourceName } from './uptime.ts';

/** After a success the event follows; only when it stays away is the duty done again. */
const REPEAT_MS = 30_000;
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
const ORDERS_AT_ONCE = 8;
/** An order that continues another may be granted until the grace time is over by the ledger's clock, and heard of a little later. */
const ERASURE_AFTER_MS = 60_000;
const ATTEMPTS_KEPT_MAX = 10_000;

export interface DutyParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  readonly tokens: LinkTokens;
  submit(command: LedgerCommand): Promise<Submission>;
  /** Makes ready what an order needs, or says why it cannot be served. */
  prepare(terms: OrderTerms): Promise<Outcome<null>>;
  /** Frees what was made ready for an order that has ended. */
  release(terms: OrderTerms): Promise<Outcome<null>>;
  /** The module of the order's kind; undefined when this agent offers nothing of it. */
  moduleOf(terms: OrderTerms): KindModule | undefined;
  /** Parts of tasks of the order's kind; undefined where its orders run none. */
  tasksOf(terms: OrderTerms): TaskRuns | undefined;
  /** How orders of this kind are used by connections; undefined where they are used by calls. */
  linesOf(terms: OrderTerms): Lines | undefined;
  readonly channels: Channels;
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
  readonly #busyRanges = new Set<string>();
  /** What the ledger wants no word of any more, by the name of the attempt. */
  readonly #unwanted = new Set<string>();
  readonly #toSuspend = new Map<OwnResource, SuspendReason>();

  constructor(parts: DutyParts) {
    this.#parts = parts;
  }

  /** The allowance of an agreement is used up: end it. */
  markUsedUp(agreement: number): void {
    this.#usedUp.add(agreement);
  }

  /**
   * What is published about a listing of the book no longer holds, or (null) holds again. It says so of the listing as it stands now: once
   * the ledger has changed its status, another one stands in the book, and nothing is known of that before it was tested.
   */
  markListing(listing: OwnResource, reason: SuspendReason | null): void {
    if (reason === null) this.#toSuspend.delete(listing);
    else this.#toSuspend.set(listing, reason);
  }

  /** Does everything that is due, several orders at a time; what is still under way from before is left to that. */
  async perform(): Promise<void> {
    const { book } = this.#parts;
    if (book.identity === null) return;
    this.#parts.channels.tidy(book.orders);
    const orders = [...book.orders.values()].filter((order) => !order.isSettled || isUntidied(order));
    // Before anything is waited for: what need not be run any more ends at once.
    const ranges = orders.filter(isKeeping).flatMap((order) => rangesDue(order, this.#parts));
    const tasks = [
      ...orders.map((order) => () => this.#serveOrder(order)),
      ...ranges.map((due) => () => this.#tellOfRange(due)),
      () => this.#suspend(),
    ].values();
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
      await reportSession(order, this.#parts.linesOf(order.terms), (name, due) => this.#attempt(name, due));
      await this.#release(order);
      await this.#forget(order);
      await this.#reportErasure(order);
      this.#parts.channels.offer(order);
      await this.#claim(order);
      await this.#closeChannel(order);
    } finally {
      this.#busy.delete(agreement);
    }
  }

  async #suspend(): Promise<void> {
    for (const [listing, reason] of this.#toSuspend) {
      const { resource } = listing.published;
      if (this.#parts.book.resources.get(resource) !== listing) {
        this.#toSuspend.delete(listing);
        continue;
      }
      await this.#attempt(`suspend ${resource}`, {
        ...suspendCommand(resource, reason),
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
    const prepared = await this.#parts.prepare(order.terms);
    if (!prepared.ok) {
      this.#parts.log(`Order O-${agreement} is not delivered: ${prepared.sentence}`);
      this.#postpone(`prepare ${agreement}`, RETRY_MS_MAX);
      return;
    }
    const descriptor = await this.#link(order, { issue: 1, encryptionKey });
    if (descriptor === null) return;
    await this.#attempt(`prepare ${agreement}`, {
      ...prepareCommand({ agreement, startsAtMs: clock.nowMs(), descriptor }),
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
      ...reissueCommand({ agreement, issue, descriptor }),
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
      ...usedUpCommand(agreement),
      what: `Order O-${agreement} was ended: its allowance is used up`,
    });
  }

  /** Once the end is proved, the last interval measured and the grace time over, nothing of the order has to be kept any more. */
  async #release(order: Order): Promise<void> {
    const { ended, isReleased, terms } = order;
    const { agreement } = terms;
    // What another order takes over is let go with that one.
    if (order.continuedBy !== 0) return;
    const name = `release ${agreement}`;
    if (ended === null || isReleased || !this.#isDue(name)) return;
    const { graceUntilMs } = ended;
    const keptUntilMs = graceUntilMs === 0 ? endOf(order) : graceUntilMs + ERASURE_AFTER_MS;
    if (this.#parts.clock.nowMs() < keptUntilMs) return;
    this.#parts.beat();
    // One that never began has taken nothing over: what is stored there is still of the order before it.
    const isOfAnother = terms.first !== agreement && graceUntilMs === 0;
    const released = isOfAnother ? done(null) : await this.#parts.release(terms);
    if (released.ok) {
      this.#parts.book.record({ kind: 'released', agreement });
      return;
    }
    this.#parts.log(`Order O-${agreement} has ended and could not be tidied away: ${released.sentence}`);
    this.#postpone(name, RETRY_MS_MAX);
  }

  /** The results of an order's parts of tasks are kept for a while after its end. */
  async #forget(order: Order): Promise<void> {
    const { ended, terms, isReleased } = order;
    const { agreement } = terms;
    const name = `forget ${agreement}`;
    if (ended === null || !isReleased || !isKeeping(order) || !this.#isDue(name)) return;
    const tasks = this.#parts.tasksOf(terms);
    if (this.#parts.clock.nowMs() < endOf(order) + (tasks?.keptAfterEndMs(terms) ?? 0)) return;
    const forgotten = (await tasks?.forget(terms)) ?? done(null);
    if (forgotten.ok) {
      this.#parts.book.record({ kind: 'forgotten', agreement });
      return;
    }
    this.#parts.log(`Order O-${agreement} has ended: ${forgotten.sentence}`);
    this.#postpone(name, RETRY_MS_MAX);
  }

  async #tellOfRange({ name, command, what }: RangeDue): Promise<void> {
    if (this.#busyRanges.has(name) || this.#unwanted.has(name)) return;
    this.#busyRanges.add(name);
    try {
      const code = await this.#attempt(name, { ...command, what });
      if (code === null || !isRangeOver(code)) return;
      if (this.#unwanted.size >= ATTEMPTS_KEPT_MAX) this.#unwanted.clear();
      this.#unwanted.add(name);
    } finally {
      this.#busyRanges.delete(name);
    }
  }

  /** What was stored is gone: the ledger gives its room back. */
  async #reportErasure(order: Order): Promise<void> {
    if (!order.isReleased || !isStoring(order)) return;
    const { agreement } = order.terms;
    await this.#attempt(`erased ${agreement}`, {
      ...erasureCommand(agreement),
      what: `Order O-${agreement}: what it stored was erased`,
    });
  }

  /** At the end, and every 10 minutes until then (PROTOCOL, Agent: metering). A claim continues the last one that the ledger has. */
  async #claim(order: Order): Promise<void> {
    const { book, meter, clock } = this.#parts;
    const { terms, window, claimed } = order;
    const { agreement } = terms;
    if (claimed !== null) meter.markClaimed(agreement, claimed.untilMs);
    const ledger = this.#parts.moduleOf(terms)?.ledger;
    if (ledger === undefined || window === null || book.identity === null) return;
    const counted = (): Amounts => usedOf(order, { usage: meter.usage(agreement), meters: ledger.used });
    const due = claimDue(order, { used: counted(), nowMs: clock.nowMs() });
    if (due === null) return;
    const name = `claim ${agreement} ${due.isLast ? 'last' : ''}`;
    if (!this.#isDue(name)) return;
    this.#parts.beat();
    const used = counted();
    const { startsAtMs } = window;
    const { promises } = ledger;
    const untilMs = Math.min(due.untilMs, window.endsAtMs);
    const facts = {
      spans: meter.upSpans(sourceName(terms.resource)),
      measured: meter.measurements(agreement),
      measuredUntilMs: meter.measuredUntilMs(agreement),
      promise: terms.promise,
      promises,
      startsAtMs,
      intervalMs: terms.intervalMs,
    };
    const passed = intervalsOf(facts, { fromMs: claimed?.untilMs ?? startsAtMs, toMs: untilMs });
    const intervals = this.#parts.channels.served(order, passed);
    const words = Object.entries(used).map(([counter, amount]) => `${amount} ${counter}`);
    await this.#attempt(name, {
      ...claimCommand({ terms, promises, used, untilMs, intervals }),
      what: `Order O-${agreement}: ${words.join(', ')} were claimed`,
    });
  }

  /** The last voucher that both signed, before the bill is made. */
  async #closeChannel(order: Order): Promise<void> {
    const { channels } = this.#parts;
    const closing = channels.closing(order);
    if (closing === null) return;
    const { agreement } = order.terms;
    await this.#attempt(`close channel ${agreement}`, {
      ...closing.command,
      what: `Order O-${agreement}: its payment channel was closed with voucher ${closing.interval}`,
    });
  }

  /** The sealed link of an issue: made once and remembered before anyone sees it, so that no restart seals another. */
  async #link(order: Order, wanted: { issue: number; encryptionKey: string }): Promise<Uint8Array | null> {
    const { agreement } = order.terms;
    const { issue, encryptionKey } = wanted;
    const known = order.links.get(issue);
    if (known !== undefined) return ownHex(known.descriptor);
    const module = this.#parts.moduleOf(order.terms);
    if (module === undefined) return null;
    try {
      const { network, tokens } = this.#parts;
      const token = tokens({ agreement, issue });
      const binding = {
        network,
        agreement: BigInt(agreement),
        encryptionKey: ownHex(encryptionKey),
        issue: BigInt(issue),
      };
      const descriptor = await sealLink(binding, { entryPath: module.entryPath, token });
      this.#parts.book.record({
        kind: 'sealed',
        agreement,
        issue,
        encryptionKey,
        tokenHash: toHex(hashOfToken(token)),
        descriptor: toHex(descriptor),
      });
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

  /** The ledger's code; null when it was not asked, or has not answered. */
  async #attempt(name: string, command: LedgerCommand & { readonly what: string }): Promise<number | null> {
    if (!this.#isDue(name)) return null;
    const { method, args } = command;
    const submission = await this.#parts.submit({ method, args });
    const isDone = submission.kind === 'decided' && submission.code === 0;
    const waited = this.#attempts.get(name)?.waitMs ?? RETRY_MS_MIN / 2;
    const waitMs = isDone ? REPEAT_MS : Math.min(waited * 2, RETRY_MS_MAX);
    this.#postpone(name, waitMs);
    if (isDone) this.#parts.log(`${command.what}.`);
    else
      this.#parts.log(
        `${method.name} was not accepted (${reasonOf(submission)}); it is tried again in ${waitMs / 1000} s.`,
      );
    return submission.kind === 'decided' ? submission.code : null;
  }
}

/** Settled, and yet something of it is kept here or still to be said. One that another continues is tidied with that one. */
function isUntidied(order: Order): boolean {
  return isStoring(order) || isKeeping(order) || (!order.isReleased && order.continuedBy === 0);
}

function reasonOf(submission: Submission): string {
  if (submission.kind !== 'decided') return submission.sentence;
  if (isStartRefused(submission.code)) return 'this machine’s clock is more than 30 s away from the ledger’s';
  return `the ledger answered with code ${submission.code}`;
}
