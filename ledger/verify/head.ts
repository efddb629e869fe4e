import { equal, toHex } from '#ledger/core/bytes.ts';
import { decodeCommit, verifyHeaderCommit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { chainIdOf, type Anchor } from '#ledger/core/genesis.ts';
import { decodeHeader, headerHash, type Header } from '#ledger/core/header.ts';
import { readJson, type JsonReader, type JsonVerdict } from '#ledger/core/json.ts';
import { headReader, RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { validatorSetHash, type ValidatorSet } from '#ledger/core/validator-set.ts';
import {
  checkpointFault,
  distinctSet,
  hasEqualPowers,
  walkTrail,
  type Members,
  type TrailFields,
  type Walk,
} from './trail.ts';

/** One thing that was checked, with a sentence for people. */
export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly sentence: string;
}

export interface HeadVerdict {
  /** Every step passed. Without an anchor this means consistent, not authentic. */
  readonly ok: boolean;
  /** ok, and the anchor's own validators, or those that its trail leads to, decided the header. */
  readonly authenticated: boolean;
  readonly steps: readonly Step[];
  /** The newer anchor that an authenticated header makes: its own validators and itself. */
  readonly checkpoint: Anchor | undefined;
  /** Of the header; undefined when it could not be read. */
  readonly height: bigint | undefined;
  readonly headerTimeMs: bigint | undefined;
}

/** The fields that heads and receipts share, as their readers give them. */
export interface HeadFields {
  readonly network: Uint8Array;
  readonly chainId: string;
  readonly header: Uint8Array;
  readonly commit: Uint8Array;
  readonly validators: Members;
  readonly trail: readonly TrailFields[] | undefined;
}

/** Said when nothing from outside the file was given to compare it with. */
const NO_ANCHOR = 'No anchor was given: the file is consistent with itself, not authenticated.';

/** Reads text of a file, or its parsed JSON, by a strict reader. Never throws. */
export function readInput<Value>(input: unknown, name: string, reader: JsonReader<Value>): JsonVerdict<Value> {
  if (typeof input === 'string') return readJson(input, { name, charactersMax: RECEIPT_CHARACTERS_MAX }, reader);
  return reader(input, name);
}

/**
 * Verifies that a header was decided by its validators and, with an anchor, that these are the anchor's. `head` is the text of a head
 * file or its parsed JSON; anything hostile ends in a failed step, never in a throw.
 */
export function verifyHead(head: unknown, anchor: Anchor | undefined, crypto: Crypto): HeadVerdict {
  const read = readInput(head, 'head', headReader);
  const { steps, header, checkpoint } = read.ok
    ? checkHead(read.value, anchor, crypto)
    : { steps: [{ name: 'format', ok: false, sentence: read.sentence }], header: undefined, checkpoint: undefined };
  return {
    ok: steps.every((step) => step.ok),
    authenticated: checkpoint !== undefined,
    steps,
    checkpoint,
    height: header?.height,
    headerTimeMs: header === undefined ? undefined : milliseconds(header.timeNs),
  };
}

export interface CheckedHead {
  readonly steps: readonly Step[];
  readonly header: Header | undefined;
  /** There when every step passed and an anchor was among them. */
  readonly checkpoint: Anchor | undefined;
}

/** Network, validator set, commit, trail (where there is one) and anchor of a header, in this order. */
export function checkHead(fields: HeadFields, anchor: Anchor | undefined, crypto: Crypto): CheckedHead {
  const header = decodeHeader(fields.header);
  if (header === undefined) {
    const step = { name: 'header', ok: false, sentence: 'The header is not one that validators sign.' };
    return { steps: [step], header, checkpoint: undefined };
  }
  const set = distinctSet(fields.validators, crypto);
  const walk = fields.trail && walkTrail(fields.trail, { header, anchor }, crypto);
  const steps = [
    checkNetwork(fields, header),
    checkValidators(set, header, crypto),
    checkCommit(fields, { header, set }, crypto),
    ...(walk === undefined ? [] : [checkTrail(walk, anchor)]),
    checkAnchor(fields, { header, anchor, walk }, crypto),
  ];
  const isAuthentic = anchor !== undefined && steps.every((step) => step.ok);
  return { steps, header, checkpoint: isAuthentic ? checkpointOf(fields, header, crypto) : undefined };
}

/** A header that was found to be the network's, as the anchor of whoever verifies from now on. */
function checkpointOf({ network, validators }: HeadFields, header: Header, crypto: Crypto): Anchor {
  const { height, timeNs } = header;
  return {
    genesisHash: network,
    validators: validators.map(({ publicKey }) => publicKey),
    checkpoint: { height, blockHash: headerHash(header, crypto), timeMs: milliseconds(timeNs) },
  };
}

function checkTrail(walk: Walk, anchor: Anchor | undefined): Step {
  const name = 'trail';
  if (!walk.ok) return { name, ok: false, sentence: `The trail does not hold: ${walk.fault}.` };
  const changes = walk.followed === 1 ? 'One change' : `${walk.followed} changes`;
  if (anchor === undefined) {
    const sentence = `${changes} of the validators, of which the first names a set that only an anchor can vouch for.`;
    return { name, ok: true, sentence };
  }
  if (walk.fromHeight === undefined) {
    return { name, ok: true, sentence: 'Every change in it lies below the checkpoint.' };
  }
  const sentence = walk.isAnchored
    ? `${changes} of the validators followed, each decided by the validators before it.`
    : `${changes} of the validators, the first at height ${walk.fromHeight} by others than the anchor’s.`;
  return { name, ok: true, sentence };
}

function checkNetwork({ network, chainId }: HeadFields, header: Header): Step {
  const ok = chainId === chainIdOf(network) && header.chainId === chainId;
  const sentence = ok
    ? `The header belongs to the network ${chainId}.`
    : 'The network, the chain id and the header name different networks.';
  return { name: 'network', ok, sentence };
}

function checkValidators(set: ValidatorSet | undefined, header: Header, crypto: Crypto): Step {
  const name = 'validators';
  if (set === undefined) return { name, ok: false, sentence: 'A validator is listed twice.' };
  const ok = equal(validatorSetHash(set, crypto), header.validatorsHash);
  const sentence = ok
    ? `The header names these ${set.validators.length} validators.`
    : 'The header names other validators than the file.';
  return { name, ok, sentence };
}

function checkCommit(
  fields: HeadFields,
  { header, set }: { readonly header: Header; readonly set: ValidatorSet | undefined },
  crypto: Crypto,
): Step {
  const name = 'commit';
  const commit = decodeCommit(fields.commit);
  if (commit === undefined) return { name, ok: false, sentence: 'The commit is not one that validators make.' };
  if (set === undefined) return { name, ok: false, sentence: 'Without a validator set no signature can be checked.' };
  const verdict = verifyHeaderCommit({ header, commit, validators: set }, crypto);
  if (!verdict.ok) return { name, ok: false, sentence: `The header is not decided: ${verdict.fault}.` };
  const sentence = `Validators with ${verdict.power} of ${set.totalPower} votes signed the header of height ${header.height}.`;
  return { name, ok: true, sentence };
}

function checkAnchor(
  { network, validators }: HeadFields,
  found: { readonly header: Header; readonly anchor: Anchor | undefined; readonly walk: Walk | undefined },
  crypto: Crypto,
): Step {
  const name = 'anchor';
  const { header, anchor, walk } = found;
  if (anchor === undefined) return { name, ok: true, sentence: NO_ANCHOR };
  if (!equal(anchor.genesisHash, network)) {
    return { name, ok: false, sentence: 'The anchor is that of another network.' };
  }
  const { checkpoint } = anchor;
  if (checkpoint !== undefined && header.height < checkpoint.height) {
    const sentence = `The anchor is a checkpoint of height ${checkpoint.height}, newer than this header of height ${header.height}, and cannot judge it: use an older anchor.`;
    return { name, ok: false, sentence };
  }
  const fault = checkpointFault(header, anchor, crypto);
  if (fault !== undefined) return { name, ok: false, sentence: `The header ${fault}.` };
  if (walk?.ok === true && walk.isAnchored) {
    return { name, ok: true, sentence: 'The trail begins at the anchor’s validators, with equal votes.' };
  }
  const trusted = new Set(anchor.validators.map(toHex));
  const isAnchored =
    trusted.size === validators.length &&
    validators.every(({ publicKey }) => trusted.has(toHex(publicKey))) &&
    hasEqualPowers(validators);
  if (isAnchored) return { name, ok: true, sentence: 'The validators are the anchor’s, with equal votes.' };
  const sentence =
    walk?.ok === true && walk.fromHeight !== undefined
      ? `The anchor is older than the trail, which begins at height ${walk.fromHeight} with other validators: a newer anchor is needed, a checkpoint of a height from ${walk.fromHeight} to ${header.height}.`
      : 'The validators are not the anchor’s, with equal votes, and no trail leads to them from there.';
  return { name, ok: false, sentence };
}
