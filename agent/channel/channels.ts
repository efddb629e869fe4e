import { AHEAD_INTERVALS } from '#ledger/contracts/channel/definition.ts';
import { isVoucherSigned, voucherDigest } from '#ledger/contracts/shared/voucher.ts';
import { soFarMicro } from '#ledger/contracts/shared/charge.ts';
import { decodeRuns, encodeRuns, timeOfRuns } from '#ledger/contracts/shared/runs.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { usedOf } from '#agent/claim.ts';
import type { WatchfulClock } from '#agent/clock.ts';
import type { Meter } from '#agent/gateway/meter.ts';
import { runsOf } from '#agent/interval-runs.ts';
import { intervalsOf, type Interval } from '#agent/intervals.ts';
import { ownHex } from '#agent/ledger-events.ts';
import { closeChannelCommand, type LedgerCommand } from '#agent/ledger-terms.ts';
import { quantitiesOf, voucherOf } from '#agent/voucher-signer/offer.ts';
import { endOf, type Order } from '#agent/order-book.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { LedgerKind, OrderTerms } from '#agent/resources/kind.ts';
import { sourceName } from '#agent/uptime.ts';
import type { ChannelState, OfferedVoucher as Offer } from './channel-state.ts';
import type { Kept, VoucherStore } from './voucher-store.ts';

/** How long the customer can sign the end of an order before the last voucher is shown without it. */
const CLOSE_AFTER_MS_MAX = 600_000;
const AHEAD = Number(AHEAD_INTERVALS);

export interface ChannelParts {
  readonly store: VoucherStore;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  /** The agent's key, 32 bytes. */
  readonly secretKey: Uint8Array;
  /** The order's kind; undefined when this agent offers nothing of it. */
  ledgerOf(terms: OrderTerms): LedgerKind | undefined;
  /** Brings the record of uptime and quality to now. */
  beat(): void;
}

/** The provider's side of payment channels: it signs what each interval comes to, takes the customer's signature on it, and serves two intervals ahead of that [8.1.2-a]. */
export class Channels {
  readonly #parts: ChannelParts;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  /** True while nothing may be served for want of a voucher. Of an order without a channel, never. */
  isPaused(order: Order): boolean {
    const { window, channel } = order;
    if (channel === null || window === null) return false;
    const agreed = this.#kept(order).agreed?.interval ?? 0;
    return indexAt(order, this.#parts.clock.nowMs()) >= agreed + AHEAD;
  }

  /** Signs what the intervals that are over come to, where that is not signed yet. Durable when it returns. */
  offer(order: Order): void {
    const { clock, store, network, secretKey } = this.#parts;
    if (order.channel === null || order.isSettled || order.terms.billing === undefined) return;
    const interval = intervalsOver(order, clock.nowMs());
    if (interval <= (this.#kept(order).offered?.interval ?? 0)) return;
    this.#parts.beat();
    const offer = this.#offerOf(order, interval);
    if (offer === null) return;
    const digest = voucherDigest(voucherOf(order.terms.agreement, offer), network, crypto);
    if (digest === undefined) return;
    store.offer(order.terms.agreement, { ...offer, signature: toHex(crypto.signRecoverable(digest, secretKey)) });
  }

  stateOf(order: Order): ChannelState {
    this.offer(order);
    const { offered, agreed } = this.#kept(order);
    const due = offered !== null && offered.interval > (agreed?.interval ?? 0) ? offered : null;
    const shown = agreed && { interval: agreed.interval, amountMicro: agreed.amountMicro };
    return { agreement: order.terms.agreement, agreed: shown, due, isPaused: this.isPaused(order) };
  }

  /** Takes the customer's signature on what is due. Durable when it returns; the same again changes nothing. */
  agree(order: Order, signed: { readonly interval: number; readonly signature: string }): Outcome<ChannelState> {
    const { store, network, clock } = this.#parts;
    const { channel, terms, window } = order;
    const { agreement } = terms;
    const { offered, agreed } = this.#kept(order);
    if (channel === null || window === null) return failed(`Order O-${agreement} has no payment channel.`);
    if (agreed?.interval === signed.interval && agreed.voucherSignature === signed.signature)
      return done(this.stateOf(order));
    if (offered?.interval !== signed.interval || agreed?.interval === signed.interval)
      return failed(`Another voucher of order O-${agreement} is due; ask for it and sign that.`);
    const by = { signature: ownHex(signed.signature), address: ownHex(channel.voucherKey), network };
    if (!isVoucherSigned(voucherOf(agreement, offered), by, crypto))
      return failed(`The voucher key of order O-${agreement} did not sign the voucher that is due.`);
    const from = (agreed?.interval ?? 0) + AHEAD;
    const to = indexAt(order, Math.min(clock.nowMs(), window.endsAtMs));
    store.agree(agreement, { voucherSignature: signed.signature, paused: to >= from ? { from, to } : null });
    return done(this.stateOf(order));
  }

  /** Intervals of a claim: those in which the gateway waited for a voucher were not served. */
  *served(order: Order, intervals: Iterable<Interval>): Generator<Interval> {
    const kept = this.#kept(order);
    for (const interval of intervals)
      yield isPausedAt(order, kept, indexAt(order, interval.fromMs))
        ? { ...interval, state: 'down', measured: {} }
        : interval;
  }

  /**
   * Shows the last voucher once the order has ended: at once where it covers all, else after half of the time to contest, ten minutes at most, so that
   * the customer can still sign the end. Null while there is nothing to show.
   */
  closing(order: Order): { readonly command: LedgerCommand; readonly interval: number } | null {
    const { channel, ended, isSettled, terms } = order;
    const nowMs = this.#parts.clock.nowMs();
    const { agreed } = this.#kept(order);
    if (channel === null || ended === null || isSettled || agreed === null || nowMs >= ended.settleAtMs) return null;
    const { shown } = channel;
    if (shown !== null && (shown.isOwn || shown.interval >= agreed.interval)) return null;
    const isWhole = agreed.interval >= intervalsOver(order, nowMs);
    const halfMs = (ended.settleAtMs - ended.endedAtMs) / 2;
    const waitMs = Math.min(halfMs, CLOSE_AFTER_MS_MAX);
    if (shown === null && !isWhole && nowMs < ended.endedAtMs + waitMs) return null;
    const { voucherSignature } = agreed;
    const voucher = voucherOf(terms.agreement, agreed);
    return { command: closeChannelCommand(voucher, ownHex(voucherSignature)), interval: agreed.interval };
  }

  /** Lets go what is kept of orders that are settled. */
  tidy(orders: ReadonlyMap<number, Order>): void {
    const { store } = this.#parts;
    for (const agreement of [...store.agreements])
      if (orders.get(agreement)?.isSettled !== false) store.forget(agreement);
  }

  #kept(order: Order): Kept {
    return this.#parts.store.of(order.terms.agreement);
  }

  /** The next voucher: the last one's runs, continued; its use and its amount never less than the last one's. */
  #offerOf(order: Order, interval: number): Omit<Offer, 'signature'> | null {
    const { meter } = this.#parts;
    const { terms, window } = order;
    const { agreement, promise, degradedPerMille, billing, intervalMs } = terms;
    const ledger = this.#parts.ledgerOf(terms);
    if (ledger === undefined || window === null || billing === undefined) return null;
    const kept = this.#kept(order);
    const last = kept.offered;
    const { startsAtMs } = window;
    const { promises } = ledger;
    const facts = {
      spans: meter.upSpans(sourceName(terms.resource)),
      measured: meter.measurements(agreement),
      measuredUntilMs: meter.measuredUntilMs(agreement),
      promise,
      promises,
      startsAtMs,
      intervalMs,
    };
    const toMs = Math.min(startsAtMs + interval * intervalMs, endOf(order));
    const fromMs = startsAtMs + (last?.interval ?? 0) * intervalMs;
    const before = decodeRuns(last === null ? new Uint8Array(0) : ownHex(last.runs), promise.length) ?? [];
    const intervals = this.served(order, intervalsOf(facts, { fromMs, toMs }));
    const runs = runsOf(intervals, { promise, degradedPerMille, promises }, before);
    const between = { fromMs: BigInt(startsAtMs), untilMs: BigInt(toMs), intervalMs: BigInt(intervalMs) };
    const time = timeOfRuns(runs, between);
    if (time === undefined) return null;
    const counted = usedOf(order, { usage: meter.usage(agreement), meters: ledger.used });
    const used = Object.fromEntries(
      Object.entries(counted).map(([name, amount]) => [name, Math.max(amount, last?.used[name] ?? 0)]),
    );
    const owedMicro = soFarMicro(
      {
        kind: ledger,
        prices: billing.prices.map(({ meter: of, per, perMs, amountMicro }) => ({
          meter: of,
          per: BigInt(per),
          perMs: BigInt(perMs),
          amountMicro: BigInt(amountMicro),
        })),
        amounts: quantitiesOf(terms.amounts),
        degradedPerMille: BigInt(degradedPerMille),
        durationMs: BigInt(billing.durationMs),
        holdMicro: BigInt(billing.holdMicro),
      },
      { used: quantitiesOf(used), keptMs: time.kept, degradedMs: time.degraded },
    );
    const lastMicro = BigInt(last?.amountMicro ?? 0);
    const amountMicro = String(owedMicro > lastMicro ? owedMicro : lastMicro);
    return { interval, amountMicro, used, runs: toHex(encodeRuns(runs)) };
  }
}

/** The interval of the window that a time lies in, from 0. */
function indexAt({ window, terms }: Order, atMs: number): number {
  return Math.max(0, Math.floor((atMs - (window?.startsAtMs ?? atMs)) / terms.intervalMs));
}

/** Intervals that are over, the shorter one at the order's end too. */
function intervalsOver(order: Order, nowMs: number): number {
  const { window, terms } = order;
  const endMs = endOf(order);
  if (window === null || nowMs < window.startsAtMs) return 0;
  return nowMs >= endMs
    ? Math.max(0, Math.ceil((endMs - window.startsAtMs) / terms.intervalMs))
    : indexAt(order, nowMs);
}

function isPausedAt({ channel }: Order, { agreed, paused }: Kept, index: number): boolean {
  if (channel === null) return false;
  return index >= (agreed?.interval ?? 0) + AHEAD || paused.some(({ from, to }) => from <= index && index <= to);
}
