import { equal } from '#ledger/core/bytes.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import { decodeCommit, EMPTY_COMMIT, encodeCommit, verifyHeaderCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { decodeEvidence, encodeEvidence, evidenceHash, type DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { decodeHeader, encodeHeader, headerHash, type Header } from '#ledger/core/header.ts';
import type { Frontier } from '#ledger/core/merkle-log.ts';
import type { TrailEntry } from '#ledger/core/receipt-file.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { setAt, type ScheduledSet, type ValidatorSchedule } from '#ledger/core/validator-schedule.ts';
import { validatorSet, validatorSetHash, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { VALIDATORS_MAX } from '#ledger/core/vote.ts';
import type { Chain } from './chain.ts';
import { EVIDENCE_HEIGHTS_MAX } from './evidence-pool.ts';
import type { Network } from './network.ts';

/** Longest encoded origin: a thousand headers, the evidence of so many blocks, and a trail. */
export const ORIGIN_BYTES_MAX = 4 * 1024 * 1024;
/** Far above one change of the validators a day for years. */
const CHANGES_MAX = 4_096;

/** What evidence is judged by, of a block that is not here. */
export interface PastBlock {
  readonly header: Header;
  readonly evidence: readonly DuplicateVoteEvidence[];
}

/**
 * What a peer shows of the height H at which a snapshot stands: with the founders' keys alone it follows that the state with the app hash
 * of `header` is the one after block H.
 */
export interface OriginProof {
  /** Of height H + 1, which carries the app hash after H. */
  readonly header: Header;
  readonly commit: Commit;
  /** Every change of the validators up to that header's, oldest first. */
  readonly trail: readonly TrailEntry[];
  /** The blocks up to H, oldest first, as far back as evidence may reach. */
  readonly past: readonly PastBlock[];
}

/** Where the folder of a validator begins that joined by a snapshot: it holds no block up to this height, and knows that much of them. */
export interface Origin {
  /** At the snapshot's height, but for the receipt log, of which the snapshot itself has the frontier. */
  readonly chainWith: (frontier: Frontier) => Chain;
  readonly height: bigint;
  /** After the snapshot's height. */
  readonly appHash: Uint8Array;
  readonly trail: readonly TrailEntry[];
  readonly past: ReadonlyMap<bigint, PastBlock>;
}

/** First height that the evidence in a block of `height` may speak of. */
export function firstOfPast(height: bigint): bigint {
  return height > EVIDENCE_HEIGHTS_MAX ? height - EVIDENCE_HEIGHTS_MAX : 1n;
}

function setToCbor({ validators }: ValidatorSet): CborValue {
  return validators.map(({ publicKey, power }): CborValue => [publicKey, power]);
}

export function encodeOrigin({ header, commit, trail, past }: OriginProof): Uint8Array {
  return encode([
    encodeHeader(header),
    encodeCommit(commit),
    trail.map((each): CborValue => [encodeHeader(each.header), encodeCommit(each.commit), setToCbor(each.validators)]),
    past.map((each): CborValue => [encodeHeader(each.header), each.evidence.map(encodeEvidence)]),
  ]);
}

function bytesOf<Value>(value: CborValue | undefined, read: (bytes: Uint8Array) => Value): Value | undefined {
  return value instanceof Uint8Array ? read(value) : undefined;
}

function memberOf(value: CborValue): { publicKey: Uint8Array; power: bigint } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [publicKey, power] = value as readonly CborValue[];
  return publicKey instanceof Uint8Array && publicKey.length === 33 && power === 1n ? { publicKey, power } : undefined;
}

function changeOf(value: CborValue, crypto: Crypto): TrailEntry | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [a, b, c] = value as readonly CborValue[];
  const header = bytesOf(a, decodeHeader);
  const commit = bytesOf(b, decodeCommit);
  const members = listOf(c, memberOf, VALIDATORS_MAX);
  if (header === undefined || commit === undefined || members === undefined || members.length === 0) return undefined;
  return { header, commit, validators: validatorSet(members, crypto) };
}

function pastOf(value: CborValue): PastBlock | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [a, b] = value as readonly CborValue[];
  const header = bytesOf(a, decodeHeader);
  const evidence = listOf(b, (each) => bytesOf(each, decodeEvidence));
  return header === undefined || evidence === undefined ? undefined : { header, evidence };
}

function decodeOrigin(bytes: Uint8Array, crypto: Crypto): OriginProof | undefined {
  const decoded = decode(bytes, ORIGIN_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 4) return undefined;
  const [a, b, c, d] = decoded.value as readonly CborValue[];
  const header = bytesOf(a, decodeHeader);
  const commit = bytesOf(b, decodeCommit);
  const trail = listOf(c, (each) => changeOf(each, crypto), CHANGES_MAX);
  const past = listOf(d, pastOf, Number(EVIDENCE_HEIGHTS_MAX));
  if (header === undefined || commit === undefined || trail === undefined || past === undefined) return undefined;
  return { header, commit, trail, past };
}

function isDecided(
  { header, commit }: { readonly header: Header; readonly commit: Commit },
  { set, hash }: ScheduledSet,
  crypto: Crypto,
): boolean {
  return equal(header.validatorsHash, hash) && verifyHeaderCommit({ header, commit, validators: set }, crypto).ok;
}

/** The founders, and each change as the set before it decided it; undefined when one does not follow. */
function scheduleOf(network: Network, trail: readonly TrailEntry[], crypto: Crypto): ValidatorSchedule | undefined {
  let schedule = network.founders;
  for (const entry of trail) {
    const { header, validators: set } = entry;
    const before = schedule.sets.at(-1) ?? schedule.sets[0];
    const fromHeight = header.height + 1n;
    const hash = validatorSetHash(set, crypto);
    const follows =
      header.chainId === network.chainId &&
      fromHeight > before.fromHeight &&
      equal(header.nextValidatorsHash, hash) &&
      !equal(before.hash, hash) &&
      isDecided(entry, before, crypto);
    if (!follows) return undefined;
    schedule = { sets: [...schedule.sets, { fromHeight, set, hash }] };
  }
  return schedule;
}

/** The blocks back from the header, each named by the one after it. */
function pastBefore(header: Header, past: readonly PastBlock[], crypto: Crypto): Map<bigint, PastBlock> | undefined {
  const found = new Map<bigint, PastBlock>();
  let after = header;
  for (const block of past.toReversed()) {
    const isNamed =
      block.header.height === after.height - 1n &&
      equal(headerHash(block.header, crypto), after.lastBlockId.hash) &&
      equal(evidenceHash(block.evidence, crypto), block.header.evidenceHash);
    if (!isNamed) return undefined;
    found.set(block.header.height, block);
    after = block.header;
  }
  return after.height === firstOfPast(header.height) ? found : undefined;
}

/**
 * Reads and verifies an origin against the founders of the network; undefined for anything that does not follow from them. A header that
 * names another set as the next one is none to begin at: nothing here would show who that set is.
 */
export function readOrigin(bytes: Uint8Array, network: Network, crypto: Crypto): Origin | undefined {
  const proof = decodeOrigin(bytes, crypto);
  if (proof === undefined) return undefined;
  const { header, trail } = proof;
  const schedule = scheduleOf(network, trail, crypto);
  if (schedule === undefined || header.chainId !== network.chainId || header.height < 2n) return undefined;
  const current = setAt(schedule, header.height);
  if (current !== schedule.sets.at(-1) || !equal(header.nextValidatorsHash, current.hash)) return undefined;
  const past = isDecided(proof, current, crypto) ? pastBefore(header, proof.past, crypto) : undefined;
  const last = past?.get(header.height - 1n);
  if (past === undefined || last === undefined) return undefined;
  const height = header.height - 1n;
  const chain = {
    height,
    blockId: header.lastBlockId,
    timeMs: milliseconds(last.header.timeNs),
    appHash: header.appHash,
    resultsHash: header.lastResultsHash,
    // The next block is decided and brings its own: this one is never built upon.
    commit: { ...EMPTY_COMMIT, height },
    schedule,
    isHashNew: false,
    moreDue: false,
    nextDueMs: undefined,
  };
  return { height, appHash: header.appHash, trail, past, chainWith: (frontier) => ({ ...chain, frontier }) };
}
