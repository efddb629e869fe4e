import { timingSafeEqual } from 'node:crypto';
import type { Order } from '#agent/order-book.ts';
import type { Amounts, KindModule, LedgerKind } from '#agent/resources/kind.ts';
import type { Problem } from './problem.ts';

/** Without a verified header for this long an early end could have been missed (PROTOCOL, Agent). */
export const LEDGER_SILENCE_MS_MAX = 600_000;

/** Meters that the gateway itself counts, for every kind that has them. */
export const CALLS = 'calls';
export const BYTES = 'bytes';

/** What the gateway knows when a request arrives; the decision is a function of it alone. */
export interface Situation {
  readonly order: Order | undefined;
  readonly agreement: number;
  /** The issue of the order's link that the caller has shown to hold; null when none. */
  readonly issue: number | null;
  readonly nowMs: number;
  readonly isClockBehind: boolean;
  /** Block time of the newest verified header; null when none was ever seen. */
  readonly headMs: number | null;
  readonly isSourceOpen: boolean;
  /** False after the owner revoked the agent's key. */
  readonly isAuthorised: boolean;
  readonly usage: Amounts;
  /** Meters of the order's kind that are used up. */
  readonly meters: LedgerKind['used'];
  readonly underWay: number;
  /** Requests that the order may have under way at once. */
  readonly atOnceMax: number;
  /** Until when results of an order are kept after its end; 0 when there are none. */
  readonly keptUntilMs: number;
  /** True for a call that asks for what is kept. */
  readonly asksForKept: boolean;
}

export type Access =
  | { readonly ok: true; readonly order: Order; readonly endsAtMs: number }
  | { readonly ok: false; readonly problem: Problem };

/** Who is it, is the window open, can it be trusted, is something left: in this order. Calls and state share the first part. */
export function decideAccess(situation: Situation): Access {
  const authenticated = authenticate(situation);
  if (!authenticated.ok) return authenticated;
  const { order } = authenticated;
  const { agreement, nowMs } = situation;
  const name = `Order O-${agreement}`;
  if (order.ended !== null) {
    const why = `${name} has ended (${order.ended.reason}); its link no longer opens.`;
    return afterEnd(situation, order, { status: 410, reason: 'ended', agreement, sentence: why });
  }
  if (situation.isClockBehind) {
    return refuse({
      status: 503,
      reason: 'clock-not-trusted',
      agreement,
      retryAfterS: 30,
      sentence: `${name} cannot be served: this provider’s clock went backwards. Intervals not served are not charged.`,
    });
  }
  if (order.window === null || authenticated.issue > order.issue || nowMs < order.window.startsAtMs) {
    const sentence = `${name} is being delivered; try again in a second.`;
    return refuse({ status: 503, reason: 'not-yet-open', agreement, retryAfterS: 1, sentence });
  }
  if (nowMs >= order.window.endsAtMs) {
    const sentence = `${name} ended when its time was up; its link no longer opens.`;
    return afterEnd(situation, order, { status: 410, reason: 'window-over', agreement, sentence });
  }
  if (situation.headMs === null || nowMs - situation.headMs > LEDGER_SILENCE_MS_MAX) {
    return refuse({
      status: 503,
      reason: 'ledger-not-heard',
      agreement,
      retryAfterS: 30,
      sentence: `${name} cannot be served: this provider has not heard the ledger for 10 minutes. Intervals not served are not charged.`,
    });
  }
  if (!situation.isAuthorised) {
    const sentence = `${name} cannot be served: the provider withdrew this agent’s key. Intervals not served are not charged.`;
    return refuse({ status: 503, reason: 'agent-not-authorised', agreement, sentence });
  }
  if (!situation.isSourceOpen) {
    const sentence = `${name} cannot be served: what it uses is not available at the provider. Intervals not served are not charged.`;
    return refuse({ status: 503, reason: 'source-unavailable', agreement, retryAfterS: 30, sentence });
  }
  return { ok: true, order, endsAtMs: order.window.endsAtMs };
}

/** Results that are kept are still handed out, and nothing else of the order; whoever asks for that is told of them. */
function afterEnd({ nowMs, keptUntilMs, asksForKept }: Situation, order: Order, problem: Problem): Access {
  if (nowMs >= keptUntilMs) return refuse(problem);
  if (asksForKept) return { ok: true, order, endsAtMs: keptUntilMs };
  const until = new Date(keptUntilMs).toISOString();
  return refuse({ ...problem, sentence: `${problem.sentence} Its results can be fetched until ${until}.` });
}

/** The allowance, for requests that count. */
export function decideAllowance(situation: Situation, order: Order): Problem | null {
  const { agreement } = situation;
  const spent = spentMeter(order, situation);
  if (spent !== null) return usedUp(agreement, spent);
  return decideAtOnce(situation);
}

/** How many requests are under way, for all requests that a kind serves. */
export function decideAtOnce({ agreement, underWay, atOnceMax }: Situation): Problem | null {
  if (underWay < atOnceMax) return null;
  const sentence = `Order O-${agreement} has ${atOnceMax} requests under way; wait for one to finish.`;
  return { status: 429, reason: 'too-many-at-once', agreement, retryAfterS: 1, sentence };
}

/** A meter of which nothing is left. */
export interface SpentMeter {
  readonly meter: string;
  readonly allowed: number;
}

/** The first meter, calls before others, whose allowance is used up; null while something is left of each. A meter without an amount has no end. */
export function spentMeter(
  { terms }: Pick<Order, 'terms'>,
  of: { readonly usage: Amounts; readonly meters: LedgerKind['used'] },
): SpentMeter | null {
  for (const meter of of.meters.toSorted(byCallsFirst)) {
    const allowed = allowanceOf(terms.amounts, meter);
    if ((of.usage[meter] ?? 0) >= allowed) return { meter, allowed };
  }
  return null;
}

/** Meters whose end closes an order's link. */
export function closingMeters({ ledger, selfLimited }: Pick<KindModule, 'ledger' | 'selfLimited'>): LedgerKind['used'] {
  return ledger.used.filter((meter) => !selfLimited.includes(meter));
}

/** What an order allows of a meter; without an amount there is no end to it. */
export function allowanceOf(amounts: Amounts, meter: string): number {
  return (Object.hasOwn(amounts, meter) ? amounts[meter] : undefined) ?? Number.POSITIVE_INFINITY;
}

/** Too many calls are told as 429, as every HTTP client knows; the end of another meter as 403. */
export function usedUp(agreement: number, { meter, allowed }: SpentMeter): Problem {
  const sentence = `Order O-${agreement} has used up its allowance of ${meter}, ${allowed}.`;
  return { status: meter === CALLS ? 429 : 403, reason: `${meter}-used-up`, agreement, sentence };
}

function byCallsFirst(left: string, right: string): number {
  if (left === CALLS || right === CALLS) return left === CALLS ? -1 : 1;
  return left < right ? -1 : 1;
}

/** The issue of an order's link whose token has this SHA-256 (32 bytes), compared with each in constant time; null when it is none's. */
export function issueOfToken(order: Order | undefined, tokenHash: Uint8Array | null): number | null {
  let matched: number | null = null;
  if (order === undefined || tokenHash === null) return matched;
  for (const [issue, link] of order.links) {
    if (timingSafeEqual(Buffer.from(link.tokenHash, 'hex'), tokenHash)) matched = issue;
  }
  return matched;
}

/** An unknown agreement and a wrong token get the same answer: who may not know that it exists does not learn it. */
export function authenticate(
  situation: Situation,
): { ok: true; order: Order; issue: number } | { ok: false; problem: Problem } {
  const { order, issue } = situation;
  if (order !== undefined && issue !== null) {
    if (issue >= order.issue) return { ok: true, order, issue };
    const sentence = `This link to order O-${situation.agreement} was replaced by a newer one; open the order page for it.`;
    return refuse({ status: 401, reason: 'link-replaced', agreement: situation.agreement, sentence });
  }
  const sentence = `No link to an order O-${situation.agreement} opens with this token; copy it again from the order page.`;
  return refuse({ status: 401, reason: 'link-not-valid', sentence });
}

function refuse(problem: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem };
}
