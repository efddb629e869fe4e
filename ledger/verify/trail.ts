import { equal, toHex } from '#ledger/core/bytes.ts';
import { decodeCommit, verifyHeaderCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { decodeHeader, headerHash, type Header } from '#ledger/core/header.ts';
import { validatorSet, validatorSetHash, type ValidatorSet } from '#ledger/core/validator-set.ts';

/** Validators as a file lists them. */
export type Members = readonly { readonly publicKey: Uint8Array; readonly power: bigint }[];

/** One entry of a trail as its reader gives it. */
export interface TrailFields {
  readonly header: Uint8Array;
  readonly commit: Uint8Array;
  /** The next set, in force from the height after the header's. */
  readonly validators: Members;
}

export type Walk =
  | {
      readonly ok: true;
      /** Changes of the validators that were followed: those from the anchor's height on. */
      readonly followed: number;
      /** The first of them was decided by the anchor's own validators. */
      readonly isAnchored: boolean;
      /** Height of the first of them; undefined when all lie below the anchor. */
      readonly fromHeight: bigint | undefined;
    }
  | { readonly ok: false; /** A clause for people. */ readonly fault: string };

interface Entry {
  readonly header: Header;
  readonly commit: Commit;
  readonly next: ValidatorSet;
}

/** The set of the listed members; undefined when one is listed twice. */
export function distinctSet(members: Members, crypto: Crypto): ValidatorSet | undefined {
  const keys = new Set(members.map(({ publicKey }) => toHex(publicKey)));
  return keys.size === members.length ? validatorSet(members, crypto) : undefined;
}

export function hasEqualPowers(members: Members): boolean {
  return members.every(({ power }) => power === members[0]?.power);
}

/**
 * Follows the changes of the validators from the anchor's set to that of `header`. What lies below a checkpoint's height is skipped:
 * nothing is derived from it. When the first of the rest does not name the anchor's set, and without an anchor, the trail is checked
 * against itself: then the walk says nothing about the anchor.
 */
export function walkTrail(
  trail: readonly TrailFields[],
  target: { readonly header: Header; readonly anchor: Anchor | undefined },
  crypto: Crypto,
): Walk {
  const entries: Entry[] = [];
  for (const fields of trail) {
    const entry = readEntry(fields, crypto);
    if (typeof entry === 'string') return { ok: false, fault: `entry ${entries.length + 1} ${entry}` };
    const fault = placeFault(entry.header, entries.at(-1)?.header, target.header);
    if (fault !== undefined) return { ok: false, fault: `entry ${entries.length + 1} ${fault}` };
    entries.push(entry);
  }
  const { anchor } = target;
  const skipped = entries.filter(({ header }) => header.height < (anchor?.checkpoint?.height ?? 1n)).length;
  const first = entries[skipped];
  const trusted = anchor && anchoredSet(anchor, crypto);
  const isAnchored =
    first !== undefined &&
    trusted !== undefined &&
    equal(first.header.validatorsHash, validatorSetHash(trusted, crypto));
  for (const [at, entry] of entries.entries()) {
    if (at < skipped) continue;
    const before = at > skipped ? entries[at - 1]?.next : isAnchored ? trusted : undefined;
    const fault = checkpointFault(entry.header, anchor, crypto) ?? (before && linkFault(entry, before, crypto));
    if (fault !== undefined) return { ok: false, fault: `entry ${at + 1} ${fault}` };
  }
  const last = entries.at(-1);
  if (last === undefined || !equal(validatorSetHash(last.next, crypto), target.header.validatorsHash)) {
    return { ok: false, fault: 'it ends at other validators than the header names' };
  }
  return { ok: true, followed: entries.length - skipped, isAnchored, fromHeight: first?.header.height };
}

/** The set that an anchor vouches for, with one vote each; undefined when it lists a validator twice. */
function anchoredSet({ validators }: Anchor, crypto: Crypto): ValidatorSet | undefined {
  return distinctSet(
    validators.map((publicKey) => ({ publicKey, power: 1n })),
    crypto,
  );
}

/** Of two headers of one height one at most is the network's: that of the checkpoint. */
export function checkpointFault(header: Header, anchor: Anchor | undefined, crypto: Crypto): string | undefined {
  const checkpoint = anchor?.checkpoint;
  if (checkpoint === undefined || header.height !== checkpoint.height) return undefined;
  return equal(headerHash(header, crypto), checkpoint.blockHash)
    ? undefined
    : 'is not the header of that height which the checkpoint names';
}

/** Whatever can be said of an entry by itself; a clause names the first fault. */
function readEntry(fields: TrailFields, crypto: Crypto): Entry | string {
  const header = decodeHeader(fields.header);
  if (header === undefined) return 'has no header that validators sign';
  const next = distinctSet(fields.validators, crypto);
  if (next === undefined) return 'lists a validator twice';
  if (!hasEqualPowers(fields.validators)) return 'lists validators with unequal votes';
  if (!equal(validatorSetHash(next, crypto), header.nextValidatorsHash)) {
    return 'lists other validators than its header names as the next ones';
  }
  if (equal(header.validatorsHash, header.nextValidatorsHash)) return 'changes nothing';
  const commit = decodeCommit(fields.commit);
  return commit === undefined ? 'has no commit that validators make' : { header, commit, next };
}

/** Heights ascend, below that of the header the trail leads to, and all on its chain. */
function placeFault(header: Header, before: Header | undefined, target: Header): string | undefined {
  if (header.chainId !== target.chainId) return 'belongs to another network';
  if (before !== undefined && header.height <= before.height) return 'is not above the one before';
  return header.height < target.height ? undefined : 'is not below the header it should lead to';
}

/** The entry's header names exactly this set, and more than two thirds of it decided exactly that header. */
function linkFault(entry: Entry, set: ValidatorSet, crypto: Crypto): string | undefined {
  const { header, commit } = entry;
  if (!equal(header.validatorsHash, validatorSetHash(set, crypto)))
    return 'does not follow from the validators before it';
  const verdict = verifyHeaderCommit({ header, commit, validators: set }, crypto);
  return verdict.ok ? undefined : `is not decided: ${verdict.fault}`;
}
