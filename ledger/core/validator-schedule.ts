import { assert } from './assert.ts';
import { equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { equalPowerSet, validatorSet, validatorSetHash, type ValidatorSet } from './validator-set.ts';

/** A set and the height from which it is in force. */
export interface ScheduledSet {
  readonly fromHeight: bigint;
  readonly set: ValidatorSet;
  /** validators_hash of the headers of its heights. */
  readonly hash: Uint8Array;
}

/**
 * Which validators are in force at which height, from genesis to two heights after the last executed block: what a block decides
 * at H takes effect at H + 2 (CometBFT, updateState), so that header H + 1 names the new set as the next one and header H + 2 is the
 * first that the new set decides.
 */
export interface ValidatorSchedule {
  /** By height, ascending; the first is that of height 1, and no two neighbours are equal. */
  readonly sets: readonly [ScheduledSet, ...ScheduledSet[]];
}

/** Between the block that decides a change and the first height of the new set. */
const DELAY_HEIGHTS = 2n;

export function genesisSchedule(publicKeys: readonly Uint8Array[], crypto: Pick<Crypto, 'sha256'>): ValidatorSchedule {
  const set = equalPowerSet(publicKeys, crypto);
  return { sets: [{ fromHeight: 1n, set, hash: validatorSetHash(set, crypto) }] };
}

/**
 * The schedule after the block at `height` was executed and returned these updates: power 0 removes, another one adds or replaces.
 * Blocks come in order of height. As in CometBFT each key stands once, whom a change removes is a member, and somebody remains.
 */
export function scheduleAfter(
  schedule: ValidatorSchedule,
  executed: {
    readonly height: bigint;
    readonly updates: readonly { readonly publicKey: Uint8Array; readonly power: bigint }[];
  },
  crypto: Pick<Crypto, 'sha256'>,
): ValidatorSchedule {
  if (executed.updates.length === 0) return schedule;
  const newest = newestOf(schedule);
  const fromHeight = executed.height + DELAY_HEIGHTS;
  assert(fromHeight > newest.fromHeight, 'changes of the validators come in order of height');
  const { updates } = executed;
  const removed = updates.filter(({ power }) => power === 0n);
  const isMember = (key: Uint8Array): boolean => newest.set.validators.some(({ publicKey }) => equal(publicKey, key));
  assert(
    removed.every(({ publicKey }) => isMember(publicKey)),
    'whom a change removes is a validator',
  );
  const kept = newest.set.validators.filter((one) => !updates.some(({ publicKey }) => equal(publicKey, one.publicKey)));
  const set = validatorSet([...kept, ...updates.filter(({ power }) => power > 0n)], crypto);
  const hash = validatorSetHash(set, crypto);
  return equal(hash, newest.hash) ? schedule : { sets: [...schedule.sets, { fromHeight, set, hash }] };
}

function newestOf({ sets }: ValidatorSchedule): ScheduledSet {
  return sets.at(-1) ?? sets[0];
}

/** In force at a height; of heights that the schedule does not reach yet, the newest known. */
export function setAt(schedule: ValidatorSchedule, height: bigint): ScheduledSet {
  return schedule.sets.findLast(({ fromHeight }) => fromHeight <= height) ?? schedule.sets[0];
}

/**
 * Heights from `fromHeight` on and below `height` whose header names another set as the next one than its own, ascending: the trail of a
 * header of `height` for those who trust one of `fromHeight`.
 */
export function trailHeights(
  schedule: ValidatorSchedule,
  { fromHeight, height }: { readonly fromHeight: bigint; readonly height: bigint },
): bigint[] {
  const changes = schedule.sets.slice(1).map((set) => set.fromHeight - 1n);
  return changes.filter((change) => change >= fromHeight && change < height);
}
