import { ripemd160 } from '@noble/hashes/legacy.js';
import { assert } from './assert.ts';
import { compare, equal, toHex } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { merkleRoot } from './merkle.ts';
import { message, putBytes, putInt64, putMessage } from './proto.ts';
import { VALIDATORS_MAX } from './vote.ts';

export interface Validator {
  /** 20 bytes: RIPEMD-160(SHA-256(public key)), as CometBFT's secp256k1 keys have it. */
  readonly address: Uint8Array;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  readonly power: bigint;
}

/** Sorted by power, largest first, then by address; a vote's index is the position here. */
export interface ValidatorSet {
  readonly validators: readonly Validator[];
  readonly totalPower: bigint;
}

export function validatorAddress(publicKey: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return ripemd160(crypto.sha256(publicKey));
}

/** The set of the given keys; keys are distinct, power is positive, at most VALIDATORS_MAX of them. */
export function validatorSet(
  members: readonly { readonly publicKey: Uint8Array; readonly power: bigint }[],
  crypto: Pick<Crypto, 'sha256'>,
): ValidatorSet {
  assert(members.length > 0 && members.length <= VALIDATORS_MAX, 'a validator set has 1 to VALIDATORS_MAX members');
  const validators = members.map(({ publicKey, power }) => {
    assert(publicKey.length === 33 && power > 0n, 'a validator has a compressed key and positive power');
    return { address: validatorAddress(publicKey, crypto), publicKey, power };
  });
  validators.sort((left, right) => byPowerThenAddress(left, right));
  const keys = new Set(members.map(({ publicKey }) => toHex(publicKey)));
  assert(keys.size === members.length, 'validator keys are distinct');
  return { validators, totalPower: validators.reduce((sum, { power }) => sum + power, 0n) };
}

/** Equal power, as the ledger has it: 1 each. */
export function equalPowerSet(publicKeys: readonly Uint8Array[], crypto: Pick<Crypto, 'sha256'>): ValidatorSet {
  return validatorSet(
    publicKeys.map((publicKey) => ({ publicKey, power: 1n })),
    crypto,
  );
}

function byPowerThenAddress(left: Validator, right: Validator): number {
  if (left.power !== right.power) return left.power > right.power ? -1 : 1;
  return compare(left.address, right.address);
}

/** More than two thirds of the whole power. */
export function isQuorum(power: bigint, set: Pick<ValidatorSet, 'totalPower'>): boolean {
  return power * 3n > set.totalPower * 2n;
}

/** Position of a validator by address; −1 when it is not in the set. */
export function validatorIndex(set: ValidatorSet, address: Uint8Array): number {
  return set.validators.findIndex((validator) => equal(validator.address, address));
}

/** tendermint.types.SimpleValidator with a secp256k1 key: a leaf of the set's hash. */
function encodeSimpleValidator({ publicKey, power }: Validator): Uint8Array {
  return message((writer) => {
    // tendermint.crypto.PublicKey: field 2 of the oneof is secp256k1.
    putMessage(
      writer,
      1,
      message((key) => putBytes(key, 2, publicKey)),
    );
    putInt64(writer, 2, power);
  });
}

/** validators_hash of a header. */
export function validatorSetHash(set: ValidatorSet, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(set.validators.map(encodeSimpleValidator), crypto);
}
