import 'server-only';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LedgerClient, LedgerUnavailable, type QueryAnswer } from '#ledger/client/ledger-client.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { formatAddress, parseAddress } from '#ledger/core/address.ts';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { decode, type CborValue } from '#ledger/core/codec.ts';
import type { EngineStatus, LedgerEvent, SubmitResult, TransactionOutcome } from '#ledger/core/committed.ts';
import { anchorFromJson, genesisFromJson, genesisHash, type Anchor, type Genesis } from '#ledger/core/genesis.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import { receiptSentence, withholdEvents, withoutBody } from '#ledger/core/receipt-file.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  compileMethods,
  decodeTransaction,
  recoverSigner,
  transactionId,
  type SignedTransaction,
} from '#ledger/core/transaction.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { webEnvironment } from './env.ts';

export { LedgerClient, LedgerUnavailable } from '#ledger/client/ledger-client.ts';

/** A call of the portal waits this long for the ledger process before it says so. */
const CALL_MS_MAX = 5_000;

/** Every contract's methods, compiled once. */
const methodTable = compileMethods(methods, nativeCrypto);

/** Reads a committed transaction's bytes; undefined when they are none. */
export function readTransaction(bytes: Uint8Array): SignedTransaction | undefined {
  const decoded = decodeTransaction(bytes, methodTable);
  return decoded.ok ? decoded.value : undefined;
}

/** A signed transaction as it arrived, strictly decoded. */
export interface DecodedTransaction {
  bytes: Uint8Array;
  signed: SignedTransaction;
  /** Transaction id, hex. */
  tx: string;
  /** 40 lower-case hex digits; undefined when the signature recovers nobody. */
  signer: string | undefined;
}

/** Decodes hex (with or without 0x) of a signed transaction; a failure carries the ledger's own admission code. */
export function decodeSigned(hex: string): Result<DecodedTransaction> {
  const bytes = fromHex(hex);
  if (bytes === undefined) return fail(admissionCodes.MALFORMED);
  const decoded = decodeTransaction(bytes, methodTable);
  if (!decoded.ok) return fail(decoded.code);
  const compiled = methodTable.get(decoded.value.transaction.method);
  if (compiled === undefined) return fail(admissionCodes.MALFORMED);
  const { transaction, network } = decoded.value;
  const signer = recoverSigner(decoded.value, compiled, nativeCrypto);
  const tx = toHex(transactionId(transaction, network, compiled, nativeCrypto));
  return ok({ bytes, signed: decoded.value, tx, signer: signer === undefined ? undefined : toHex(signer) });
}

const globals = globalThis as { interpoolLedger?: Promise<LedgerClient> };

/** The portal's one connection, opened when first needed and again after it could not be opened. */
async function client(): Promise<LedgerClient> {
  globals.interpoolLedger ??= LedgerClient.connect(webEnvironment().ledgerSocket, { timeoutMs: CALL_MS_MAX });
  try {
    return await globals.interpoolLedger;
  } catch (error) {
    globals.interpoolLedger = undefined;
    throw error;
  }
}

export async function submitTransaction(bytes: Uint8Array): Promise<SubmitResult> {
  return (await client()).submit(bytes);
}

/** The decided outcome of a transaction (id in hex); undefined when it is not decided within `waitMs`. */
export async function awaitOutcome(tx: string, waitMs: number): Promise<TransactionOutcome | undefined> {
  const txId = fromHex(tx);
  return txId === undefined ? undefined : (await client()).outcome(txId, waitMs);
}

/** Reads committed state by one of the machine's paths. */
export async function queryLedger(path: string, args: CborValue): Promise<QueryAnswer> {
  return (await client()).query(path, args);
}

/** The receipt file of an executed item, its trail from a height that the reader trusts; null until the header that carries its app hash is committed. */
export async function fetchReceipt(logIndex: bigint, fromHeight?: bigint): Promise<Record<string, unknown> | null> {
  const receipt = await (await client()).receipt(logIndex, fromHeight);
  return receipt === undefined ? null : (plain(receipt) as Record<string, unknown>);
}

/**
 * What a reader may have of a receipt: `hasBody` says whether of the transaction what was signed, `isKept` by place and payload which events;
 * of the others their hashes alone stand in it.
 */
export function shortenReceipt(
  receipt: Record<string, unknown>,
  reader: { hasBody: boolean; isKept: (index: number, payload: LedgerEvent['payload']) => boolean },
): Record<string, unknown> {
  // The ledger process made it: events are hex of deterministic CBOR maps.
  const file = (reader.hasBody ? receipt : withoutBody(receipt)) as { events: readonly string[] };
  const payloads = file.events.map((hex) => {
    const decoded = decode(fromHex(hex) ?? new Uint8Array(0));
    return decoded.ok ? (decoded.value as LedgerEvent['payload']) : {};
  });
  return withholdEvents(file, (index) => reader.isKept(index, payloads[index] ?? {}), nativeCrypto);
}

/** A receipt as a person keeps it: what the file is, in one sentence, stands before everything else. */
export function withSentence(receipt: Record<string, unknown>): Record<string, unknown> {
  // The ledger process made it: both fields are texts.
  const { logIndex, chainId } = receipt as { logIndex: string; chainId: string };
  return { sentence: receiptSentence({ logIndex, chainId }), ...receipt };
}

/** The newest decided header with its commit, its trail from a height that the reader trusts; null before the first block. */
export async function fetchHead(fromHeight?: bigint): Promise<unknown> {
  const head = await (await client()).head(fromHeight);
  return head === undefined ? null : plain(head);
}

export async function ledgerStatus(): Promise<EngineStatus> {
  return (await client()).status();
}

/** True when an error means that nobody knows what became of the call: the ledger process is away or too slow. */
export function isLedgerAway(error: unknown): boolean {
  return error instanceof LedgerUnavailable;
}

/** CBOR values as JSON: integers become decimal strings, bytes lower-case hex. */
export function plain(value: CborValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

async function readHomeFile(home: string, name: string): Promise<string> {
  return readFile(path.join(home, name), 'utf8');
}

/** `genesis.json` of the data folder: what stands before the first block. Throws a sentence when it cannot be read. */
export async function readGenesis(home: string): Promise<Genesis> {
  const read = genesisFromJson(await readHomeFile(home, 'genesis.json'));
  if (!read.ok) throw new Error(read.sentence);
  return read.value;
}

async function readAnchor(home: string): Promise<Anchor> {
  const read = anchorFromJson(await readHomeFile(home, 'anchor.json'));
  if (!read.ok) throw new Error(read.sentence);
  if (read.value.checkpoint !== undefined) throw new Error('anchor.json in the data folder must be that of genesis.');
  return read.value;
}

/** `anchor.json` as a browser pins it; hex. */
export interface AnchorDto {
  genesisHash: string;
  validators: string[];
}

export interface Founding {
  name: string;
  anchor: AnchorDto;
}

let founding: Promise<Founding> | undefined;

/** What genesis fixed: it cannot change while a process runs, so its files are read once. */
export async function readFounding(): Promise<Founding> {
  const { home } = webEnvironment();
  founding ??= Promise.all([readGenesis(home), readAnchor(home)]).then(([genesis, anchor]) => ({
    name: genesis.name,
    anchor: { genesisHash: toHex(anchor.genesisHash), validators: anchor.validators.map(toHex) },
  }));
  try {
    return await founding;
  } catch (error) {
    founding = undefined;
    throw error;
  }
}

/** The network that a genesis founds, hex. */
export function networkOf(genesis: Genesis): string {
  return toHex(genesisHash(genesis, nativeCrypto));
}

const checksummed = new Map<string, string>();
const CHECKSUMMED_MAX = 10_000;

/** 0x and the mixed case of EIP-55, from 40 hex digits. */
export function showAddress(hex: string): string {
  const known = checksummed.get(hex);
  if (known !== undefined) return known;
  const text = formatAddress(fromHex(hex) ?? new Uint8Array(20), nativeCrypto);
  if (checksummed.size >= CHECKSUMMED_MAX) checksummed.clear();
  checksummed.set(hex, text);
  return text;
}

/** 40 lower-case hex digits of an address as people write it; undefined when it is none or its checksum is wrong. */
export function readAddress(text: string): string | undefined {
  const bytes = parseAddress(text, nativeCrypto);
  return bytes === undefined ? undefined : toHex(bytes);
}

/** Salted commitment to a profile's name: all that the ledger holds of it. `salt` is 32 bytes as hex. */
export function profileCommitment(name: string, salt: string): string {
  return toHex(taggedHash(nativeCrypto, 'interpool/profile/v1', fromHex(salt) ?? new Uint8Array(), utf8(name)));
}
