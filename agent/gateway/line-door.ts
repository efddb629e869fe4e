import type { Socket } from 'node:net';
import type { Channels } from '#agent/channel/channels.ts';
import { voucherDue } from '#agent/channel/voucher-calls.ts';
import { JournalFailure } from '#agent/journal.ts';
import { hashOfToken } from '#agent/link-token.ts';
import type { Order } from '#agent/order-book.ts';
import { reasonOf } from '#agent/outcome.ts';
import type { Lines } from '#agent/resources/kind.ts';
import type { Direction, Door, Guest, Line, Refused } from '#agent/relay/door.ts';
import { RelayListener } from '#agent/relay/listener.ts';
import { REPLY } from '#agent/relay/socks.ts';
import type { Target } from '#agent/relay/target.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { allowanceOf, closingMeters, decideAccess, issueOfToken, spentMeter, usedUp } from './access.ts';
import { windowOver } from './allowance.ts';
import type { Problem } from './problem.ts';
import { situationOf, type SituationParts } from './situation.ts';
import { UnderWay, type Entry } from './under-way.ts';

/** How often connections that stand are looked at: is their order still open, and may what is known of it be believed? */
const WATCH_MS = 1_000;
/**
 * The count on the disk may be ahead of what passes by as much as this connection has passed, and by no more than this: as of answers
 * (answer.ts), a sync for each piece would cost more than all the rest.
 */
const AHEAD_BYTES_MAX = 1024 * 1024;
/** A connection that is paused is looked at again this often. */
const PAUSED_LOOK_MS = 200;
const USER = /^[1-9]\d{0,14}$/;

export interface LineDoorParts extends SituationParts {
  readonly channels: Channels;
  /** Every kind that this agent offers something of. */
  kinds(): readonly WorkingKind[];
  /** Nothing is left of the allowance and nothing is under way. */
  onUsedUp(agreement: number): void;
  /** Counts can no longer be kept: the process has to end. */
  onFatal(sentence: string): void;
  onRefused(reason: string): void;
  /** So many bytes pass, in either direction. */
  onCarried(bytes: number): void;
  log(sentence: string): void;
}

/** Who opened a connection: by the link of which issue, of which order. */
interface Holder {
  readonly order: Order;
  readonly issue: number;
  readonly kind: WorkingKind;
  readonly lines: Lines;
}

interface OpenLine {
  readonly holder: Holder;
  readonly entry: Entry;
}

/** Lets connections in by the rules of calls, counts what passes before it leaves, and cuts them at the end. */
export class LineDoor {
  readonly #parts: LineDoorParts;
  readonly #underWay = new UnderWay();
  readonly #open = new Set<OpenLine>();
  readonly #listeners: RelayListener[] = [];
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(parts: LineDoorParts) {
    this.#parts = parts;
  }

  /** Listens for each kind whose orders are used by connections. */
  async listen(): Promise<void> {
    for (const kind of this.#parts.kinds()) {
      const { lines } = kind.open;
      if (lines === undefined) continue;
      const listener = new RelayListener({
        door: { enter: (login) => this.#enter(login, lines) },
        onFailed: (error) => this.#fail(error),
      });
      this.#listeners.push(listener);
      const { host, port } = lines.listen;
      await listener.listen(host, port).catch((error: unknown) => {
        throw new Error(`connections cannot be taken at ${host}:${port}: ${reasonOf(error)}`, { cause: error });
      });
      this.#parts.log(`Connections are relayed at ${host}:${port}.`);
    }
    if (this.#listeners.length > 0) this.#watch = setInterval(() => this.#look(), WATCH_MS);
  }

  cut(agreement: number, problem: Problem): void {
    for (const { cut } of this.#underWay.of(agreement)) cut.abort(problem);
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  #enter(login: Parameters<Door['enter']>[0], lines: Lines): ReturnType<Door['enter']> {
    const agreement = USER.test(login.user) ? Number(login.user) : 0;
    const order = this.#parts.book.orders.get(agreement);
    const kind = order === undefined ? undefined : this.#parts.kindOf(order.terms);
    // The link of an order of another kind opens no connection, and says no more than one that there is not.
    const issue = kind?.open.lines === lines ? issueOfToken(order, hashOfToken(login.password)) : null;
    const access = decideAccess(this.#situation(agreement, issue));
    if (!access.ok) return this.#refuse(access.problem);
    if (issue === null || kind === undefined) throw new Error('access was decided by a link of this kind');
    const holder = { order: access.order, issue, kind, lines };
    const guest: Guest = { connect: (target) => this.#connect(holder, target) };
    return { ok: true, guest };
  }

  async #connect(holder: Holder, target: Target): ReturnType<Guest['connect']> {
    const { order, issue, kind, lines } = holder;
    const { terms } = order;
    const { agreement } = terms;
    const situation = this.#situation(agreement, issue);
    // Time has passed since the login.
    const access = decideAccess(situation);
    if (!access.ok) return this.#refuse(access.problem);
    const spent = spentMeter(order, { usage: situation.usage, meters: closingMeters(kind.module) });
    if (spent !== null) return this.#refuse(usedUp(agreement, spent));
    const { channels } = this.#parts;
    if (channels.isPaused(order)) return this.#refuse(voucherDue(order, channels));
    const atOnceMax = terms.amounts[lines.atOnceMeter] ?? 0;
    if (situation.underWay >= atOnceMax) {
      const sentence = `Order O-${agreement} has as many connections open as it holds, ${atOnceMax}; close one first.`;
      return this.#refuse({ status: 429, reason: 'too-many-at-once', agreement, sentence });
    }
    const line = { holder, entry: this.#underWay.enter(agreement) };
    const { signal } = line.entry.cut;
    this.#open.add(line);
    try {
      const dialled = await lines.open(terms, target, signal);
      if (!dialled.ok) {
        this.#leave(line);
        return dialled;
      }
      const { socket } = dialled;
      const { idleMs } = lines;
      const pace = lines.paceOf(terms);
      const passed = { bytes: 0 };
      const take: Line['take'] = (direction, bytes) => this.#take(line, { direction, bytes, passed });
      const joined = (asker: Socket): void => lines.watch?.(terms, asker);
      const pauseMs = (): number => (this.#parts.channels.isPaused(order) ? PAUSED_LOOK_MS : 0);
      return {
        ok: true,
        line: { socket, pace, idleMs, signal, pauseMs, take, joined, leave: () => this.#leave(line) },
      };
    } catch (error) {
      this.#leave(line);
      throw error;
    }
  }

  /** Counts a piece before it passes: how much of it may. Durable when it returns. */
  #take(
    line: OpenLine,
    { direction, bytes, passed }: { direction: Direction; bytes: number; passed: { bytes: number } },
  ): ReturnType<Line['take']> {
    const { order, lines } = line.holder;
    const { terms, window, ended } = order;
    const { agreement } = terms;
    const { clock, meter } = this.#parts;
    const nowMs = clock.nowMs();
    if (ended !== null || window === null || nowMs >= window.endsAtMs || clock.isBehindItself()) {
      this.cut(agreement, windowOver(agreement));
      return { bytes: 0, isLast: true };
    }
    const usage = meter.usage(agreement);
    const leftOf = (name: string): number => Math.max(0, allowanceOf(terms.amounts, name) - (usage[name] ?? 0));
    const name = lines.meters[direction];
    const allowed = Math.min(bytes, leftOf(name));
    // Both ways together: a record for one way takes back what the other was ahead.
    const ahead = Object.values(lines.meters).map((other): [string, number] => {
      const left = leftOf(other) - (other === name ? allowed : 0);
      return [other, Math.min(passed.bytes, left, AHEAD_BYTES_MAX)];
    });
    if (allowed > 0) meter.add(agreement, { [name]: allowed }, nowMs, Object.fromEntries(ahead));
    passed.bytes += allowed;
    if (direction === 'down' && allowed > 0) lines.passed?.(terms, allowed);
    this.#parts.onCarried(allowed);
    const isLast = allowed === leftOf(name);
    if (isLast) this.#endOthers(line);
    return { bytes: allowed, isLast };
  }

  /** The allowance ends every connection of the order; the one that used it up still hands over what it was given. */
  #endOthers({ holder, entry }: OpenLine): void {
    const { order, kind } = holder;
    const { agreement } = order.terms;
    const usage = this.#parts.meter.usage(agreement);
    const spent = spentMeter(order, { usage, meters: closingMeters(kind.module) });
    if (spent === null) return;
    const problem = usedUp(agreement, spent);
    this.#parts.onRefused(problem.reason);
    for (const { cut } of this.#underWay.of(agreement).filter((other) => other !== entry)) cut.abort(problem);
  }

  /** An order may end, and what is known of it grow old, while nothing passes. */
  #look(): void {
    for (const { holder, entry } of this.#open) {
      const access = decideAccess(this.#situation(holder.order.terms.agreement, holder.issue));
      if (!access.ok) entry.cut.abort(access.problem);
    }
  }

  #leave(line: OpenLine): void {
    if (!this.#open.delete(line)) return;
    const { order, kind } = line.holder;
    const { agreement } = order.terms;
    if (!this.#underWay.leave(agreement, line.entry)) return;
    const { meter, clock } = this.#parts;
    try {
      meter.settle(agreement, clock.nowMs());
    } catch (error) {
      this.#parts.onFatal(reasonOf(error));
    }
    const spent = spentMeter(order, { usage: meter.usage(agreement), meters: closingMeters(kind.module) });
    if (order.ended === null && spent !== null) this.#parts.onUsedUp(agreement);
  }

  #situation(agreement: number, issue: number | null): ReturnType<typeof situationOf> {
    const asked = { method: 'CONNECT', path: '', issue };
    const underWay = this.#underWay.of(agreement).length;
    return situationOf(this.#parts, agreement, { asked, nowMs: this.#parts.clock.nowMs(), underWay });
  }

  #refuse(problem: Problem): Refused {
    this.#parts.onRefused(problem.reason);
    return { ok: false, refusal: refusalOf(problem) };
  }

  #fail(error: unknown): void {
    if (error instanceof JournalFailure) this.#parts.onFatal(error.message);
    this.#parts.log(`A connection failed: ${reasonOf(error)}`);
  }
}

/** A wrong login of a proxy is told as such; what has ended is forbidden, because no client of a proxy knows what is gone. */
const STATUSES: Readonly<Record<number, number>> = { 401: 407, 410: 403 };

function refusalOf({ status, sentence }: Problem): Refused['refusal'] {
  const reply = status >= 500 ? REPLY.failed : REPLY.notAllowed;
  return { status: STATUSES[status] ?? status, reply, sentence };
}
