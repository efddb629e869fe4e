import { toHex } from './bytes.ts';
import { encode } from './codec.ts';
import type { Crypto } from './crypto.ts';
import { taggedHash } from './hash.ts';
import { decimal, dictionary, hexBytes, list, object, optional, readJson, text, type JsonVerdict } from './json.ts';
import { VALIDATORS_MAX } from './vote.ts';

/** The application's genesis; genesisHash = SHA-256(tag ‖ deterministic CBOR of it). Integers are bigint, bytes are raw. */
export interface Genesis {
  /** Shown to people; no meaning to the rules. */
  readonly name: string;
  readonly timeMs: bigint;
  /** Founding accounts get dense ids 1, 2, … in this order. */
  readonly accounts: readonly GenesisAccount[];
  /** Held by account 0. */
  readonly treasuryMicro: bigint;
  /** Every parameter of governance by name. */
  readonly parameters: Readonly<Record<string, bigint>>;
  /** At least four, equal power, 33-byte compressed secp256k1 keys. */
  readonly validators: readonly GenesisValidator[];
}

export interface GenesisAccount {
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly roles: readonly string[];
  /** 32 bytes. */
  readonly profileCommitment: Uint8Array;
  /** 32 bytes, X25519. */
  readonly encryptionKey: Uint8Array;
  readonly balanceMicro: bigint;
}

export interface GenesisValidator {
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** Founding account that answers for it, from 1 on; absent: nobody's. */
  readonly operator?: bigint | undefined;
}

/**
 * What a verifier trusts from outside a receipt: `anchor.json`, written at genesis and pinned by a browser at its first visit, or a
 * checkpoint, made later from a head that verified.
 */
export interface Anchor {
  /** 32 bytes, hex in the file. */
  readonly genesisHash: Uint8Array;
  /** 33-byte public keys, equal power, of the validators in force at the checkpoint's height, or at height 1. */
  readonly validators: readonly Uint8Array[];
  /** The header that these validators decided; absent in the anchor of genesis. */
  readonly checkpoint?: Checkpoint;
}

export interface Checkpoint {
  /** At least 1. */
  readonly height: bigint;
  /** 32 bytes: hash of the header of that height. */
  readonly blockHash: Uint8Array;
  /** The header's time. */
  readonly timeMs: bigint;
}

/** Fewer validators than this cannot lose one and go on. */
export const VALIDATORS_MIN = 4;
export const AMOUNT_MICRO_MAX = (1n << 63n) - 1n;
const ACCOUNTS_MAX = 10_000;
const GENESIS_CHARACTERS_MAX = 8 * 1_024 * 1_024;
const ANCHOR_CHARACTERS_MAX = 64 * 1_024;
/** The last millisecond of the year 9999. */
const TIME_MS_MAX = 253_402_300_799_999n;

/** Deterministic CBOR: what the network is named after. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  const { name, timeMs, treasuryMicro, parameters } = genesis;
  return encode({
    name,
    timeMs,
    treasuryMicro,
    parameters: { ...parameters },
    accounts: genesis.accounts.map(({ address, roles, profileCommitment, encryptionKey, balanceMicro }) => ({
      address,
      roles,
      profileCommitment,
      encryptionKey,
      balanceMicro,
    })),
    validators: genesis.validators.map(({ name: known, publicKey: key, operator }) => ({
      name: known,
      publicKey: key,
      ...(operator !== undefined && { operator }),
    })),
  });
}

/** 32 bytes: the network's identity, the salt of every signature (PROTOCOL, Network). */
export function genesisHash(genesis: Genesis, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return taggedHash(crypto, 'interpool/genesis/v1', encodeGenesis(genesis));
}

/** CometBFT's chain_id: `interpool-` and the first 16 hex digits of the genesis hash. */
export function chainIdOf(network: Uint8Array): string {
  return `interpool-${toHex(network.subarray(0, 8))}`;
}

/** The anchor that goes with a genesis. */
export function anchorOf(genesis: Genesis, crypto: Pick<Crypto, 'sha256'>): Anchor {
  return {
    genesisHash: genesisHash(genesis, crypto),
    validators: genesis.validators.map(({ publicKey }) => publicKey),
  };
}

const amount = decimal({ min: 0n, max: AMOUNT_MICRO_MAX });
const publicKey = hexBytes({ min: 33, max: 33 });
const bytes32 = hexBytes({ min: 32, max: 32 });

const genesisReader = object({
  name: text({ min: 1, max: 100 }),
  timeMs: decimal({ min: 0n, max: TIME_MS_MAX }),
  accounts: list(
    object({
      address: hexBytes({ min: 20, max: 20 }),
      roles: list(text({ min: 1, max: 16 }), { min: 0, max: 16 }),
      profileCommitment: bytes32,
      encryptionKey: bytes32,
      balanceMicro: amount,
    }),
    { min: 0, max: ACCOUNTS_MAX },
  ),
  treasuryMicro: amount,
  parameters: dictionary({ name: /^[a-z][A-Za-z0-9]{0,63}$/, entriesMax: 256 }, amount),
  validators: list(
    object({
      name: text({ min: 1, max: 100 }),
      publicKey,
      operator: optional(decimal({ min: 1n, max: BigInt(ACCOUNTS_MAX) })),
    }),
    { min: VALIDATORS_MIN, max: VALIDATORS_MAX },
  ),
});

const anchorReader = object({
  genesisHash: bytes32,
  validators: list(publicKey, { min: VALIDATORS_MIN, max: VALIDATORS_MAX }),
  checkpoint: optional(
    object({
      height: decimal({ min: 1n, max: (1n << 63n) - 1n }),
      blockHash: bytes32,
      timeMs: decimal({ min: 0n, max: TIME_MS_MAX }),
    }),
  ),
});

/** Text of `genesis.json`: bytes in hex, integers as decimal strings. */
export function genesisToJson(genesis: Genesis): string {
  const json = {
    name: genesis.name,
    timeMs: genesis.timeMs.toString(),
    accounts: genesis.accounts.map((account) => ({
      address: toHex(account.address),
      roles: account.roles,
      profileCommitment: toHex(account.profileCommitment),
      encryptionKey: toHex(account.encryptionKey),
      balanceMicro: account.balanceMicro.toString(),
    })),
    treasuryMicro: genesis.treasuryMicro.toString(),
    parameters: Object.fromEntries(Object.entries(genesis.parameters).map(([name, value]) => [name, value.toString()])),
    validators: genesis.validators.map((one) => ({
      name: one.name,
      publicKey: toHex(one.publicKey),
      ...(one.operator !== undefined && { operator: one.operator.toString() }),
    })),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** Reads `genesis.json`; a sentence names the first thing that is wrong. Which roles and parameters exist is the machine's to say. */
export function genesisFromJson(content: string): JsonVerdict<Genesis> {
  const read = readJson(content, { name: 'genesis', charactersMax: GENESIS_CHARACTERS_MAX }, genesisReader);
  if (!read.ok) return read;
  const { accounts, validators, treasuryMicro } = read.value;
  if (!areDistinct(accounts.map(({ address }) => address))) {
    return { ok: false, sentence: 'genesis.accounts must have distinct addresses.' };
  }
  if (!areDistinct(validators.map((validator) => validator.publicKey))) {
    return { ok: false, sentence: 'genesis.validators must have distinct public keys.' };
  }
  const unknown = validators.find(({ operator }) => operator !== undefined && operator > BigInt(accounts.length));
  if (unknown !== undefined) {
    const sentence = `genesis.validators names account ${unknown.operator} as an operator, which genesis does not found.`;
    return { ok: false, sentence };
  }
  const supply = accounts.reduce((sum, { balanceMicro }) => sum + balanceMicro, treasuryMicro);
  if (supply > AMOUNT_MICRO_MAX) {
    return {
      ok: false,
      sentence: `genesis hands out ${supply} micro-units, more than the most there can be, ${AMOUNT_MICRO_MAX}.`,
    };
  }
  return read;
}

/** Text of `anchor.json`, or of a checkpoint. */
export function anchorToJson({ genesisHash: network, validators, checkpoint }: Anchor): string {
  const json = {
    genesisHash: toHex(network),
    validators: validators.map(toHex),
    checkpoint: checkpoint && {
      height: checkpoint.height.toString(),
      blockHash: toHex(checkpoint.blockHash),
      timeMs: checkpoint.timeMs.toString(),
    },
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** Reads `anchor.json` or a checkpoint; a sentence names the first thing that is wrong. */
export function anchorFromJson(content: string): JsonVerdict<Anchor> {
  const read = readJson(content, { name: 'anchor', charactersMax: ANCHOR_CHARACTERS_MAX }, anchorReader);
  if (!read.ok || areDistinct(read.value.validators)) return read;
  return { ok: false, sentence: 'anchor.validators must have distinct public keys.' };
}

function areDistinct(all: readonly Uint8Array[]): boolean {
  return new Set(all.map(toHex)).size === all.length;
}
