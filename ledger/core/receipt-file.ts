import { fromHex, toHex } from './bytes.ts';
import { encodeCommit, type Commit } from './commit.ts';
import type { Crypto } from './crypto.ts';
import { encodeHeader, type Header } from './header.ts';
import { decimal, hexBytes, list, object, optional, constant, text, dictionary, type JsonReader } from './json.ts';
import { leafHash } from './merkle.ts';
import type { TypedDataTypes } from './typed-data.ts';
import type { ValidatorSet } from './validator-set.ts';
import { VALIDATORS_MAX } from './vote.ts';

/** Events of one entry. */
const EVENTS_MAX = 1_024;
/** Longest receipt file that is read: an order of sixteen parts can leave sixteen events of 36 KiB, and hex doubles them. */
export const RECEIPT_CHARACTERS_MAX = 2 * 1_024 * 1_024;
/** Most changes of the validators that a file leads through. */
export const TRAIL_MAX = 64;
/** A trail, written without spaces: with all else and what people's tools add for reading a file stays below RECEIPT_CHARACTERS_MAX. */
const TRAIL_CHARACTERS_MAX = 192 * 1_024;

/** Public keys and powers in set order. */
type ValidatorsFile = readonly { readonly publicKey: string; readonly power: string }[];

/** A header that the set before a change decided, and the set that it names as the next one. */
export interface TrailFileEntry {
  /** tendermint.types.Header. */
  readonly header: string;
  /** tendermint.types.Commit of the same height. */
  readonly commit: string;
  /** In force from the next height on. */
  readonly validators: ValidatorsFile;
}

/** A header with the commit that decided it and the validators that signed, as JSON: bytes in lower-case hex, integers as decimal strings. */
export interface HeadFile {
  readonly format: 'interpool-head/1';
  /** genesisHash. */
  readonly network: string;
  readonly chainId: string;
  /** tendermint.types.Header. */
  readonly header: string;
  /** tendermint.types.Commit of the same height. */
  readonly commit: string;
  readonly validators: ValidatorsFile;
  /** Changes of the validators from genesis on, oldest first, or the newest of them that fit; absent when there was none. */
  readonly trail?: readonly TrailFileEntry[];
}

/**
 * The receipt of one transaction or due item: everything that shows, from an anchor and offline, that the ledger recorded it. The header
 * is that of height H+1, whose app hash is the one after height H; `logSize` is the log's size after H.
 */
export interface ReceiptFile extends Omit<HeadFile, 'format'> {
  /** What the file is, for who opens it: `receiptSentence`. First in files for people; absent in receipts between programs. */
  readonly sentence?: string;
  readonly format: 'interpool-receipt/1';
  /** Content of the leaf: [txId or due item, code, data, eventsRoot]. */
  readonly leaf: string;
  /** The signed transaction; absent for due items and in short receipts. */
  readonly transaction?: string;
  /** EIP-712 types of the transaction's method, without the header fields; there with `transaction`. The id commits to them. */
  readonly types?: TypedDataTypes;
  /** Event payloads in order of emission. */
  readonly events: readonly string[];
  /**
   * Events that were left out for a reader whom they do not concern: the hash of each (RFC 6962 leaf hash of its payload) stands at its place
   * among all of the entry's events. Absent when there are none.
   */
  readonly withheld?: readonly { readonly index: string; readonly hash: string }[];
  readonly logIndex: string;
  readonly logSize: string;
  /** Audit path of the leaf, from the leaf up. */
  readonly path: readonly string[];
  readonly stateRoot: string;
  readonly logRoot: string;
}

/** One change of the validators: the header with `nextValidatorsHash` other than `validatorsHash`, its commit, and the next set. */
export interface TrailEntry {
  readonly header: Header;
  readonly commit: Commit;
  readonly validators: ValidatorSet;
}

export interface HeadParts {
  readonly network: Uint8Array;
  readonly header: Header;
  readonly commit: Commit;
  readonly validators: ValidatorSet;
  /** Every change up to the header's own set, oldest first. */
  readonly trail?: readonly TrailEntry[];
}

export interface ReceiptParts extends HeadParts {
  /** Encoded leaf. */
  readonly leaf: Uint8Array;
  /** Encoded signed transaction and the `types` of its Method. */
  readonly transaction?: { readonly bytes: Uint8Array; readonly types: TypedDataTypes };
  /** Encoded payloads. */
  readonly events: readonly Uint8Array[];
  readonly logIndex: bigint;
  readonly logSize: bigint;
  readonly path: readonly Uint8Array[];
  readonly stateRoot: Uint8Array;
  readonly logRoot: Uint8Array;
}

function headFields(parts: HeadParts): Omit<HeadFile, 'format' | 'trail'> {
  return {
    network: toHex(parts.network),
    chainId: parts.header.chainId,
    header: toHex(encodeHeader(parts.header)),
    commit: toHex(encodeCommit(parts.commit)),
    validators: validatorsFile(parts.validators),
  };
}

function validatorsFile({ validators }: ValidatorSet): ValidatorsFile {
  return validators.map(({ publicKey, power }) => ({ publicKey: toHex(publicKey), power: power.toString() }));
}

/**
 * The file with its trail: of a long one the newest changes that the bounds leave room for, which a newer anchor (a checkpoint) leads
 * into. Without a change there is no field.
 */
function withTrail<File extends object>(file: File, trail: readonly TrailEntry[] = []): File & Pick<HeadFile, 'trail'> {
  const entries: TrailFileEntry[] = [];
  let characters = 0;
  for (const { header, commit, validators } of trail.slice(-TRAIL_MAX).reverse()) {
    const entry = {
      header: toHex(encodeHeader(header)),
      commit: toHex(encodeCommit(commit)),
      validators: validatorsFile(validators),
    };
    characters += JSON.stringify(entry).length + 1;
    if (characters > TRAIL_CHARACTERS_MAX) break;
    entries.unshift(entry);
  }
  return entries.length === 0 ? file : { ...file, trail: entries };
}

/** The JSON form of a proved header. */
export function headFile(parts: HeadParts): HeadFile {
  return withTrail({ format: 'interpool-head/1', ...headFields(parts) } as const, parts.trail);
}

/** The JSON form of a receipt; strings, lists and maps only, so it is a `CborValue` too. */
export function receiptFile(parts: ReceiptParts): ReceiptFile {
  const { transaction } = parts;
  const file = {
    format: 'interpool-receipt/1' as const,
    ...headFields(parts),
    leaf: toHex(parts.leaf),
    ...(transaction === undefined ? {} : { transaction: toHex(transaction.bytes), types: transaction.types }),
    events: parts.events.map(toHex),
    logIndex: parts.logIndex.toString(),
    logSize: parts.logSize.toString(),
    path: parts.path.map(toHex),
    stateRoot: toHex(parts.stateRoot),
    logRoot: toHex(parts.logRoot),
  };
  return withTrail(file, parts.trail);
}

/**
 * The sentence that a receipt's file begins with. It follows from the file's other fields, and a receipt that begins with another one does
 * not verify: nobody can write into it what the proof does not say.
 */
export function receiptSentence({ logIndex, chainId }: { logIndex: bigint | string; chainId: string }): string {
  return `This is the receipt of entry ${logIndex} in the log of the network ${chainId}; what it says is proved by checking it, with the network off, under “Verify a receipt” or with npm run verify.`;
}

/** The receipt without the transaction's body: it names the transaction by its id alone, and proves the events as well as the whole does. */
export function withoutBody<File extends Pick<ReceiptFile, 'transaction' | 'types'>>(
  receipt: File,
): Omit<File, 'transaction' | 'types'> {
  const { transaction: _transaction, types: _types, ...proof } = receipt;
  return proof;
}

/**
 * The receipt with the hash alone of each event that is not kept: it proves the kept ones as well as the whole receipt does, and says nothing
 * of the others but their places. `receipt` is whole: none of its events is withheld yet.
 */
export function withholdEvents<File extends Pick<ReceiptFile, 'events'>>(
  receipt: File,
  isKept: (index: number) => boolean,
  crypto: Pick<Crypto, 'sha256'>,
): File & Pick<ReceiptFile, 'withheld'> {
  const withheld = receipt.events.flatMap((payload, index) =>
    isKept(index)
      ? []
      : [{ index: index.toString(), hash: toHex(leafHash(fromHex(payload) ?? new Uint8Array(0), crypto)) }],
  );
  const events = receipt.events.filter((_, index) => isKept(index));
  return { ...receipt, events, ...(withheld.length === 0 ? {} : { withheld }) };
}

const bytes32 = hexBytes({ min: 32, max: 32 });
const u63 = decimal({ min: 0n, max: (1n << 63n) - 1n });
const identifier = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** What a set decided, and a set: the fields that heads and the entries of a trail have in common. */
const decidedShape = {
  header: hexBytes({ min: 1, max: 1_024 }),
  commit: hexBytes({ min: 1, max: 64 * 1_024 }),
  validators: list(
    object({
      publicKey: hexBytes({ min: 33, max: 33 }),
      power: decimal({ min: 1n, max: 1n << 40n }),
    }),
    { min: 1, max: VALIDATORS_MAX },
  ),
};

const headShape = {
  network: bytes32,
  chainId: text({ min: 1, max: 50 }),
  ...decidedShape,
  trail: optional(list(object(decidedShape), { min: 1, max: TRAIL_MAX })),
};

const typesReader = dictionary(
  { name: identifier, entriesMax: 32 },
  list(object({ name: named(identifier), type: named(/^[A-Za-z][A-Za-z0-9]{0,63}(\[\d{0,4}\]){0,2}$/) }), {
    min: 0,
    max: 64,
  }),
);

function named(form: RegExp): JsonReader<string> {
  return (value, path) =>
    typeof value === 'string' && form.test(value)
      ? { ok: true, value }
      : { ok: false, sentence: `${path} must be a name.` };
}

/** Reads a head file's fields strictly. */
export const headReader = object({ format: constant('interpool-head/1'), ...headShape });

/** Reads a receipt file's fields strictly; nothing is verified here. */
export const receiptReader = object({
  sentence: optional(text({ min: 1, max: 512 })),
  format: constant('interpool-receipt/1'),
  ...headShape,
  leaf: hexBytes({ min: 1, max: 65_536 }),
  transaction: optional(hexBytes({ min: 1, max: 16_384 })),
  types: optional(typesReader),
  events: list(hexBytes({ min: 1, max: 65_536 }), { min: 0, max: EVENTS_MAX }),
  withheld: optional(
    list(object({ index: decimal({ min: 0n, max: BigInt(EVENTS_MAX) - 1n }), hash: bytes32 }), {
      min: 1,
      max: EVENTS_MAX,
    }),
  ),
  logIndex: u63,
  logSize: u63,
  path: list(bytes32, { min: 0, max: 64 }),
  stateRoot: bytes32,
  logRoot: bytes32,
});
