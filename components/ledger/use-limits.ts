import type { ShownKind } from '#components/kinds/kinds.ts';
import { durationInWords, formatUtc } from '#components/ui/format.ts';
import type { ChangeDto, QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { INTERVALS_MAX } from '#ledger/contracts/agreement/definition.ts';
import { amountInWords, meterOf } from './amounts.ts';
import { askedOfPeople, type IntendedUse } from './intended-use.ts';

/** Something that the ledger would refuse whatever the conditions say: by its field's path, or by '' where no field of the form can meet it. */
export interface OverLimit {
  readonly path: string;
  readonly sentence: string;
  /** The nearest value that is allowed; undefined where there is none. */
  readonly nearest: ChangeDto | undefined;
}

export interface Limits {
  readonly strategy: StrategyDto;
  /** What the resource has left of what it holds. */
  readonly free: readonly QuantityDto[];
  /** Metering interval of a new order. */
  readonly intervalMs: number;
  /** What the order takes that is continued; its room is taken over. */
  readonly continued?: readonly QuantityDto[] | undefined;
  /** The server's time. */
  readonly nowMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

function amountIn(quantities: readonly QuantityDto[] | undefined, meter: string): number | undefined {
  return quantities?.find((quantity) => quantity.meter === meter)?.amount;
}

/** Whole minutes, with one to spare for reading and signing: what still ends in time then. */
function untilClosing(restMs: number): number {
  return Math.floor((restMs - MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
}

function overTime({ durationMs }: IntendedUse, limits: Limits): OverLimit[] {
  const { strategy, intervalMs, nowMs } = limits;
  const path = 'use.durationMs';
  if (strategy.opensAtMs > nowMs) {
    const sentence = `Use begins at ${formatUtc(strategy.opensAtMs)} at the earliest: apply then.`;
    return [{ path: '', sentence, nearest: undefined }];
  }
  const restMs = strategy.closesAtMs === 0 ? Number.POSITIVE_INFINITY : strategy.closesAtMs - nowMs;
  const countedMs = Number(INTERVALS_MAX) * intervalMs;
  const most = [
    { ms: strategy.useMsMax, nearestMs: strategy.useMsMax, why: `at most ${durationInWords(strategy.useMsMax)}` },
    { ms: restMs, nearestMs: untilClosing(restMs), why: `over by ${formatUtc(strategy.closesAtMs)}` },
    { ms: countedMs, nearestMs: countedMs, why: `at most ${durationInWords(countedMs)} in this network` },
  ].toSorted((left, right) => left.ms - right.ms)[0];
  if (most === undefined || durationMs <= most.ms) return [];
  const allowedMs = Math.floor(most.nearestMs / SECOND_MS) * SECOND_MS;
  const nearest = allowedMs >= SECOND_MS ? { name: path, value: String(allowedMs) } : undefined;
  return [{ path, sentence: `One use must be ${most.why}.`, nearest }];
}

/** Of what the strategy limits, what is free, and what has to be taken over. */
function overAmount(kind: ShownKind, limits: Limits, asked: { meter: string; amount: number }): OverLimit[] {
  const { meter, amount } = asked;
  const counted = meterOf(kind.ledger, meter);
  const isTyped = askedOfPeople(kind).includes(meter);
  const path = isTyped ? `use.amount.${meter}` : '';
  const change = (value: number): ChangeDto | undefined =>
    isTyped && value > 0 ? { name: path, value: String(value) } : undefined;
  const limit = amountIn(limits.strategy.limits, meter);
  if (limit !== undefined && amount > limit)
    return [{ path, sentence: `One use may take ${amountInWords(limit, counted)} at most.`, nearest: change(limit) }];
  if (!kind.ledger.capacity.includes(meter)) return [];
  const room = amountIn(limits.continued, meter) ?? 0;
  if (amount < room) {
    const sentence = `What you continue has ${amountInWords(room, counted)}: ask for at least as much.`;
    return [{ path, sentence, nearest: change(room) }];
  }
  const most = room + (amountIn(limits.free, meter) ?? 0);
  if (amount <= most) return [];
  const sentence =
    most === 0
      ? `No ${counted.unit} is free now: apply again when some is given back.`
      : `Only ${amountInWords(most, counted)} can be had now.`;
  return [{ path, sentence, nearest: change(most) }];
}

/** The most of each meter that one use can have now; meters without such a bound, or of which nothing is left, are not there. */
export function mostOfEach(kind: ShownKind, { strategy, free, continued }: Limits): QuantityDto[] {
  return askedOfPeople(kind).flatMap((meter) => {
    const isHeld = kind.ledger.capacity.includes(meter);
    const left = isHeld ? (amountIn(continued, meter) ?? 0) + (amountIn(free, meter) ?? 0) : Number.POSITIVE_INFINITY;
    const amount = Math.min(left, amountIn(strategy.limits, meter) ?? Number.POSITIVE_INFINITY);
    return amount > 0 && Number.isFinite(amount) ? [{ meter, amount }] : [];
  });
}

/** Everything that is asked for beyond what can be had; the contract's conditions are judged by themselves. */
export function overLimits(kind: ShownKind, use: IntendedUse, limits: Limits): OverLimit[] {
  return [
    ...overTime(use, limits),
    ...use.amounts.flatMap(({ meter, amount }) => overAmount(kind, limits, { meter, amount: Number(amount) })),
  ];
}
