import { findMethod, methods, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { admissionCodes as codes } from '#ledger/contracts/machine/definition.ts';
import { isBounded } from '#ledger/contracts/shared/fields.ts';
import { recoverAddress } from '#ledger/core/address.ts';
import { toHex, equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  compileMethods,
  decodeTransaction,
  transactionId,
  type MethodTable,
  type SignedTransaction,
  type Transaction,
} from '#ledger/core/transaction.ts';

export interface VerifiedTransaction {
  readonly txId: Uint8Array;
  readonly transaction: Transaction;
  /** Address that signed. */
  readonly signer: Uint8Array;
  /** Encoded length. */
  readonly length: number;
}

/** What checking a signature comes to: a thread beside the machine's finds it ahead of time. */
export interface CheckedSignature {
  /** Of the transaction's bytes: SHA-256 in hex. */
  readonly key: string;
  readonly txId: Uint8Array;
  readonly signer: Uint8Array;
}

/** Signatures that were checked ahead and whose transactions have not come. */
const AHEAD_MAX = 65_536;

/** Verified transactions kept per generation, more than can wait for a block, and their bytes: anybody can sign large ones. */
const GENERATION_MAX = 8_192;
const GENERATION_BYTES_MAX = 8 * 1_024 * 1_024;

/**
 * Everything about a transaction that its bytes alone decide: shape, size, network, method, signature. What one machine has verified it
 * does not verify twice: checkTx runs ahead of time, the block then costs a look-up. Keyed by the hash of all bytes, the signature
 * included; each validator has its own.
 */
export class VerifiedTransactions {
  readonly #crypto: Crypto;
  readonly #network: Uint8Array;
  readonly #methods: MethodTable;
  #fresh = new Map<string, VerifiedTransaction>();
  #older = new Map<string, VerifiedTransaction>();
  #freshBytes = 0;
  readonly #ahead = new Map<string, CheckedSignature>();

  constructor(network: Uint8Array, crypto: Crypto) {
    this.#crypto = crypto;
    this.#network = network;
    this.#methods = compileMethods(methods, crypto);
  }

  /** `refusal`: a code that ends it before the signature is checked, which is most of the work; 0 for none. */
  verify(bytes: Uint8Array, refusal?: (transaction: Transaction) => number): Result<VerifiedTransaction> {
    const key = toHex(this.#crypto.sha256(bytes));
    const known = this.#fresh.get(key) ?? this.#older.get(key);
    if (known !== undefined) return ok(known);
    const verified = this.#verify(bytes, key, refusal);
    // Failures are not kept: they cost their sender as much as us, and must not push good ones out.
    if (verified.ok) this.#keep(key, verified.value);
    return verified;
  }

  /** Of the same validator: who shares findings with another one has not checked everything. */
  expect(checked: readonly CheckedSignature[]): void {
    if (this.#ahead.size + checked.length > AHEAD_MAX) this.#ahead.clear();
    for (const each of checked) this.#ahead.set(each.key, each);
  }

  #verify(
    bytes: Uint8Array,
    key: string,
    refusal: (transaction: Transaction) => number = () => 0,
  ): Result<VerifiedTransaction> {
    const decoded = decodeTransaction(bytes, this.#methods);
    if (!decoded.ok) return decoded;
    const { transaction, network } = decoded.value;
    if (!equal(network, this.#network)) return fail(codes.WRONG_NETWORK);
    if (!isHeaderSound(transaction)) return fail(codes.MALFORMED);
    if (!areArgsBounded(transaction)) return fail(codes.OUT_OF_BOUNDS);
    const refused = refusal(transaction);
    if (refused !== 0) return fail(refused);
    const found = this.#ahead.get(key) ?? checkSignature(decoded.value, this.#methods, this.#crypto);
    this.#ahead.delete(key);
    if (found === undefined) return fail(codes.SIGNATURE_INVALID);
    const { txId, signer } = found;
    if (!isOwnerSigner(transaction, signer)) return fail(codes.SIGNER_MISMATCH);
    return ok({ txId, transaction, signer, length: bytes.length });
  }

  #keep(key: string, verified: VerifiedTransaction): void {
    this.#fresh.set(key, verified);
    this.#freshBytes += verified.length;
    if (this.#fresh.size < GENERATION_MAX && this.#freshBytes < GENERATION_BYTES_MAX) return;
    this.#older = this.#fresh;
    this.#fresh = new Map();
    this.#freshBytes = 0;
  }
}

/** The transaction's id and the address that signed it; undefined when the signature recovers nobody. */
function checkSignature(
  signed: SignedTransaction,
  table: MethodTable,
  crypto: Crypto,
): Omit<CheckedSignature, 'key'> | undefined {
  const { transaction, network, signature } = signed;
  const txId = transactionId(transaction, network, table.get(transaction.method)!, crypto);
  const signer = recoverAddress(txId, signature, crypto);
  return signer && { txId, signer };
}

/** Checks signatures in a thread of their own: what is no transaction, or signed by nobody, is left to the machine. */
export function createSignatureChecker(
  crypto: Crypto,
): (transactions: readonly Uint8Array[]) => readonly CheckedSignature[] {
  const table = compileMethods(methods, crypto);
  return (transactions) =>
    transactions.flatMap((bytes) => {
      const decoded = decodeTransaction(bytes, table);
      const found = decoded.ok ? checkSignature(decoded.value, table, crypto) : undefined;
      return found === undefined ? [] : { key: toHex(crypto.sha256(bytes)), ...found };
    });
}

/** Numbers that every reader can hold: databases, browsers and agents read what the ledger records. */
function areArgsBounded({ method, args }: Transaction): boolean {
  return isBounded(findMethod(method)?.definition.fields ?? {}, args);
}

/** Account 0 stands for the account to be created, and for nothing else. */
function isHeaderSound({ method, account, key, nonce }: Transaction): boolean {
  return method === 'CreateAccount' ? account === 0n && key === 0n && nonce === 0n : account !== 0n;
}

/** Elsewhere the state knows whose the account is; the account that a creation makes is its signer's by its own words. */
function isOwnerSigner({ method, args }: Transaction, signer: Uint8Array): boolean {
  return method !== 'CreateAccount' || equal((args as MethodArgs['CreateAccount']).owner, signer);
}
