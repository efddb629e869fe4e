import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import {
  NEEDS_MAX,
  PAYLOAD_BYTES_MAX,
  SPLITS,
  SUBTASKS_MAX,
  SUBTASK_MS_MAX,
  SUBTASK_OUTPUT_BYTES_MAX,
} from '#ledger/contracts/demand/definition.ts';
import { MEMORY_MIB_MAX, RUN_MEMORY_MIB_MIN, SLOTS_MAX, computing } from '#ledger/contracts/kinds/computing.ts';
import { areAmountsOf, askedMeters, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { areQuantities, areTerms, plus, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { PROMISES_MAX } from '#ledger/contracts/strategy/definition.ts';
import { durationInWords } from '#ledger/contracts/shared/amount-words.ts';
import { assert } from '#ledger/core/assert.ts';
import { quotient } from '#ledger/core/integer.ts';
import { PIECES_MAX } from './definition.ts';

type Need = Struct<'Need'>;
type Work = Struct<'Work'>;
export type ExactAmount = Struct<'ExactAmount'>;

/** Beside its output, what the answer with one sub-task's result sends: its outcome as JSON, and its proof of at most 20 hashes. */
export const RESULT_BYTES = 2_048n;
/** Calls of a piece beside one for each result: the state of its ranges, and the list of what is ready. */
export const PIECE_CALLS = 16n;

/**
 * One need in exact figures. It is divided into `units`: a slot with its memory where a work is carried, else the whole. A piece of k units
 * takes k × `held`, and of counted meters `fixed` plus `perSubtask` for each of its sub-tasks.
 */
export interface ExactPart {
  /** Place of the need in the demand, from 0. */
  readonly place: number;
  readonly need: Need;
  readonly kind: Kind;
  /** Meters that a piece is asked for, ascending. */
  readonly meters: readonly string[];
  /** Of one copy: the least with which the work ends in time. */
  readonly units: bigint;
  /** Of one copy: with more, nothing ends sooner, or no plan can have them. */
  readonly unitsMax: bigint;
  readonly held: readonly Quantity[];
  readonly fixed: readonly Quantity[];
  /** Empty where no work is carried. */
  readonly perSubtask: readonly Quantity[];
  /** Of counted meters, what the smallest piece takes: `fixed` and one sub-task. */
  readonly least: readonly Quantity[];
  /** `perSubtask` for all sub-tasks of one copy. */
  readonly perCopy: readonly Quantity[];
  /** 0 where no work is carried. */
  readonly subtasks: bigint;
  readonly copies: bigint;
  /** Processor time of one sub-task; 0 where no work is carried. */
  readonly cpuMs: bigint;
}

export type NeedFault = 'NEEDS_INVALID' | 'AMOUNTS_INVALID' | 'WORK_INVALID';

/**
 * The first fault of what is asked for, undefined when there is none: needs, then the work, then amounts. Bounds: demand/definition.ts.
 * Purpose, duration and budget are the contract's own matter.
 */
export function needFault(demand: Pick<DemandFacts, 'needs' | 'work' | 'durationMs'>): NeedFault | undefined {
  const { needs, work, durationMs } = demand;
  if (needs.length === 0 || needs.length > NEEDS_MAX || !needs.every(isNeedSound)) return 'NEEDS_INVALID';
  const carrier = carrierOf(demand);
  if (work.length > 1 || !work.every((each) => carrier >= 0 && isWorkSound(each, durationMs))) return 'WORK_INVALID';
  const areSound = needs.every((need, place) => areAmountsSound(need, place === carrier));
  return areSound ? undefined : 'AMOUNTS_INVALID';
}

function isNeedSound({ kind: name, terms, choices }: Need): boolean {
  const kind = findKind(name);
  return kind !== undefined && areTerms(terms) && areTerms(choices) && kind.areChoicesSound(choices);
}

function areAmountsSound({ kind: name, amounts, promise }: Need, isCarrier: boolean): boolean {
  const kind = findKind(name);
  if (kind === undefined || promise.length > PROMISES_MAX || !areQuantities(promise)) return false;
  const isPromised = promise.every(
    ({ meter, amount }) => Object.hasOwn(kind.promises, meter) && amount <= kind.promises[meter]!.max,
  );
  if (!isPromised || isCarrier) return isPromised && amounts.length === 0;
  return areAmountsOf(kind, amounts, askedMeters(kind)) && kind.areAmountsSound(amounts);
}

function isIn(value: bigint, min: bigint, max: bigint): boolean {
  return value >= min && value <= max;
}

/** A sub-task that is longer than the whole window could never end in it. */
function isWorkSound(work: Work, durationMs: bigint): boolean {
  const { algorithm, payload, payloadBytes, subtasks, split, cpuMs, memoryMiB, inputBytes, outputBytes, copies } = work;
  const areHashes = [algorithm, payload].every((hash) => hash.some((byte) => byte !== 0));
  return (
    areHashes &&
    isIn(payloadBytes, 1n, PAYLOAD_BYTES_MAX) &&
    isIn(subtasks, 1n, SUBTASKS_MAX) &&
    (SPLITS as readonly string[]).includes(split) &&
    isIn(cpuMs, 1n, SUBTASK_MS_MAX) &&
    cpuMs <= durationMs &&
    isIn(memoryMiB, 1n, MEMORY_MIB_MAX) &&
    isIn(inputBytes, 0n, PAYLOAD_BYTES_MAX) &&
    isIn(outputBytes, 0n, SUBTASK_OUTPUT_BYTES_MAX) &&
    isIn(copies, 1n, 2n) &&
    countedOf(work).every(({ meter, amount }) => {
      const { max } = computing.meters[meter];
      return PIECE_CALLS + amount * subtasks * copies <= max;
    })
  );
}

/** Place of the need that carries the work; −1 when there is none. */
function carrierOf({ needs, work }: Pick<DemandFacts, 'needs' | 'work'>): number {
  return work.length === 0 ? -1 : needs.findIndex(({ kind }) => kind === 'computing');
}

/** What one sub-task counts, ascending by meter. */
function countedOf({ cpuMs, outputBytes }: Work) {
  return [
    { meter: 'bytes', amount: outputBytes + RESULT_BYTES },
    { meter: 'calls', amount: 1n },
    { meter: 'cpuMs', amount: cpuMs },
    { meter: 'runs', amount: 1n },
  ] as const;
}

/** The most that sub-tasks count, with the calls of a piece, ascending by meter. */
export function countedBy(work: Work, subtasks: bigint): Quantity[] {
  return countedOf(work).map(({ meter, amount }) => ({
    meter,
    amount: amount * subtasks + (meter === 'calls' ? PIECE_CALLS : 0n),
  }));
}

/** What a demand without a fault comes to: its parts to be covered, and every amount with the rule that it came from [I.1-3]. */
export function exactOf(demand: DemandFacts): { parts: ExactPart[]; amounts: ExactAmount[] } {
  const carrier = carrierOf(demand);
  const parts: ExactPart[] = [];
  const amounts: ExactAmount[] = [];
  for (const [place, need] of demand.needs.entries()) {
    const work = place === carrier ? demand.work[0] : undefined;
    const part =
      work === undefined ? statedPart(place, need) : workPart({ place, need, durationMs: demand.durationMs }, work);
    parts.push(part);
    amounts.push(...(work === undefined ? statedAmounts(part) : workAmounts(part, work, demand.durationMs)));
  }
  return { parts, amounts };
}

function kindOf(need: Need): Kind {
  const kind = findKind(need.kind);
  assert(kind !== undefined, 'a demand without a fault names known kinds');
  return kind;
}

function statedPart(place: number, need: Need): ExactPart {
  const kind = kindOf(need);
  const isHeld = ({ meter }: Quantity): boolean => kind.capacity.includes(meter);
  const held = need.amounts.filter(isHeld);
  const fixed = need.amounts.filter((quantity) => !isHeld(quantity));
  const whole = { units: 1n, unitsMax: 1n, subtasks: 0n, copies: 1n, cpuMs: 0n };
  return {
    place,
    need,
    kind,
    meters: askedMeters(kind),
    held,
    fixed,
    perSubtask: [],
    least: fixed,
    perCopy: [],
    ...whole,
  };
}

function workPart(of: { place: number; need: Need; durationMs: bigint }, work: Work): ExactPart {
  const { place, need, durationMs } = of;
  const { subtasks, cpuMs, copies } = work;
  const perSlot = perSlotOf(work, durationMs);
  const held = [
    { meter: 'memoryMiB', amount: memoryOf(work) },
    { meter: 'slots', amount: 1n },
  ];
  const fixed = [{ meter: 'calls', amount: PIECE_CALLS }];
  const units = quotient(subtasks + perSlot - 1n, perSlot);
  const slotsMax = SLOTS_MAX * BigInt(PIECES_MAX);
  const most = subtasks < slotsMax ? subtasks : slotsMax;
  const unitsMax = most < units ? units : most;
  const kind = kindOf(need);
  const perSubtask = countedOf(work);
  const perCopy = perSubtask.map(({ meter, amount }) => ({ meter, amount: amount * subtasks }));
  const meters = askedMeters(kind);
  const least = plus(perSubtask, fixed);
  return {
    place,
    need,
    kind,
    meters,
    units,
    unitsMax,
    held,
    fixed,
    perSubtask,
    least,
    perCopy,
    subtasks,
    copies,
    cpuMs,
  };
}

/**
 * Sub-tasks that a slot runs one after the other, at least one: in half of the window, so that what fails or is late in its first half can
 * run elsewhere in its second.
 */
function perSlotOf({ cpuMs }: Work, durationMs: bigint): bigint {
  const most = quotient(durationMs, cpuMs * 2n);
  return most === 0n ? 1n : most;
}

function memoryOf({ memoryMiB }: Work): bigint {
  return memoryMiB > RUN_MEMORY_MIB_MIN ? memoryMiB : RUN_MEMORY_MIB_MIN;
}

function statedAmounts({ place, need }: ExactPart): ExactAmount[] {
  return need.amounts.map(({ meter, amount }) => ({
    need: BigInt(place),
    meter,
    amount,
    rule: 'As the demand states it.',
  }));
}

function workAmounts(part: ExactPart, work: Work, durationMs: bigint): ExactAmount[] {
  const { place, units } = part;
  const { subtasks, copies, cpuMs, memoryMiB, outputBytes } = work;
  const runs = subtasks * copies;
  const slots = units * copies;
  const tasks = `${copies === 1n ? '' : `${copies} copies of `}${subtasks} ${subtasks === 1n ? 'sub-task' : 'sub-tasks'}`;
  const each = durationInWords(cpuMs);
  const perSlot = perSlotOf(work, durationMs);
  const memory =
    memoryMiB < RUN_MEMORY_MIB_MIN
      ? `${RUN_MEMORY_MIB_MIN} MiB for each of ${slots} slots, the least that a run has.`
      : `${memoryMiB} MiB for each of ${slots} slots.`;
  const exact = (meter: string, amount: bigint, rule: string): ExactAmount => ({
    need: BigInt(place),
    meter,
    amount,
    rule,
  });
  return [
    exact(
      'bytes',
      runs * (outputBytes + RESULT_BYTES),
      `${tasks}: ${outputBytes} bytes of output each and ${RESULT_BYTES} for the outcome and its proof.`,
    ),
    exact(
      'calls',
      runs + PIECE_CALLS,
      `${tasks}: a call for each result, and ${PIECE_CALLS} for each provider’s lists.`,
    ),
    exact('cpuMs', runs * cpuMs, `${tasks} of ${each} each.`),
    exact('memoryMiB', memoryOf(work) * slots, memory),
    exact('runs', runs, `${tasks}, a run each.`),
    exact(
      'slots',
      slots,
      `${tasks} of ${each} each; in half of ${durationInWords(durationMs)} a slot runs ${perSlot} of them one after the other, and the other half is for what has to run again.`,
    ),
  ];
}
