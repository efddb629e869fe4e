import { accountCodes } from '#ledger/contracts/account/definition.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { StateReader, StateWriter } from '#ledger/core/decision.ts';
import { quotient } from '#ledger/core/integer.ts';
import { creationFault, readAccount, readKey } from '#ledger/contracts/account/contract.ts';
import { readParameter } from '#ledger/contracts/governance/record.ts';
import { isInScope } from '#ledger/contracts/registry.ts';
import { admissionCodes as codes } from '#ledger/contracts/machine/definition.ts';
import { NO_GLOBALS, NO_SENDER, machineTables, windowOf, type SenderRecord } from './machine-tables.ts';
import { NEW_WINDOW, checkNonce, useNonce } from './nonce-window.ts';
import type { VerifiedTransaction } from './verified-transactions.ts';

/** 0, or the first code that keeps the transaction out, in the order of contracts/machine/definition.ts. */
export type AdmissionCode = number;

/** Roles beyond the customer's send more: their quota is this many times the parameter. */
const ROLE_QUOTA_FACTOR = 4n;

/** Expiry and validity against a clock: block time in a block, the engine's clock in checkTx. */
export function checkTimes(state: StateReader, { transaction }: VerifiedTransaction, nowMs: bigint): AdmissionCode {
  if (isExpired(transaction, nowMs)) return codes.EXPIRED;
  return transaction.validUntilMs > nowMs + readParameter(state, 'validityMsMax') ? codes.VALIDITY_TOO_LONG : 0;
}

/** A stateless fault: it makes a proposal invalid. */
export function isExpired({ validUntilMs }: { validUntilMs: bigint }, nowMs: bigint): boolean {
  return validUntilMs < nowMs;
}

/** Everything that the state decides before the contract is asked: account, key, scope, nonce, quota. */
export function checkSender(state: StateReader, verified: VerifiedTransaction, nowMs: bigint): AdmissionCode {
  return checkAuthority(state, verified, nowMs) || checkNonceAndQuota(state, verified, nowMs);
}

/** Account, key and scope. */
export function checkAuthority(state: StateReader, verified: VerifiedTransaction, nowMs: bigint): AdmissionCode {
  if (verified.transaction.method === 'CreateAccount') return checkCreation(state, verified, nowMs);
  return checkSigner(state, verified) || checkKey(state, verified, nowMs);
}

function checkCreation(state: StateReader, { signer, transaction }: VerifiedTransaction, nowMs: bigint): AdmissionCode {
  // Creation has no nonce: an address that owns an account is what a used nonce is elsewhere.
  const fault = creationFault(state, signer, transaction.args as MethodArgs['CreateAccount']);
  if (fault === 'ADDRESS_TAKEN') return accountCodes[fault];
  const { createEpoch, created } = state.read(machineTables.globals, 0n) ?? NO_GLOBALS;
  const isFull = createEpoch === epochAt(state, nowMs) && created >= readParameter(state, 'createPerEpochMax');
  if (isFull) return codes.QUOTA_EXCEEDED;
  return fault === undefined ? 0 : accountCodes[fault];
}

function checkSigner(state: StateReader, { transaction, signer }: VerifiedTransaction): AdmissionCode {
  const account = readAccount(state, transaction.account);
  if (account === undefined) return codes.ACCOUNT_UNKNOWN;
  const address =
    transaction.key === 0n ? account.address : readKey(state, transaction.account, transaction.key)?.address;
  if (address === undefined) return codes.KEY_UNKNOWN;
  return equal(address, signer) ? 0 : codes.SIGNER_MISMATCH;
}

function checkKey(state: StateReader, { transaction }: VerifiedTransaction, nowMs: bigint): AdmissionCode {
  const key = readKey(state, transaction.account, transaction.key);
  if (key === undefined) return 0;
  if (key.revoked) return codes.KEY_REVOKED;
  if (key.expiresAtMs <= nowMs) return codes.KEY_EXPIRED;
  if (!key.methods.includes(transaction.method)) return codes.KEY_NOT_ALLOWED;
  if (key.resources.length === 0) return 0;
  return isInScope(state, transaction, key.resources) ? 0 : codes.KEY_NOT_ALLOWED;
}

/** Asks nothing of the signature: whoever signed, an account's number that was used is used. */
export function checkNonceAndQuota(
  state: StateReader,
  { transaction, length }: Pick<VerifiedTransaction, 'transaction' | 'length'>,
  nowMs: bigint,
): AdmissionCode {
  if (transaction.method === 'CreateAccount') return 0;
  const sender = readSender(state, transaction.account, epochAt(state, nowMs));
  const verdict = checkNonce(windowOf(sender, transaction.key) ?? NEW_WINDOW, transaction.nonce);
  if (verdict === 'used') return codes.NONCE_USED;
  if (verdict === 'too-far') return codes.NONCE_TOO_FAR;
  const factor = quotaFactor(state, transaction.account);
  const isOver =
    sender.transactions >= readParameter(state, 'transactionsPerEpochMax') * factor ||
    sender.bytes + BigInt(length) > readParameter(state, 'bytesPerEpochMax') * factor;
  return isOver ? codes.QUOTA_EXCEEDED : 0;
}

function quotaFactor(state: StateReader, account: bigint): bigint {
  const roles = readAccount(state, account)?.roles ?? [];
  return roles.some((role) => role !== 'NRC') ? ROLE_QUOTA_FACTOR : 1n;
}

/** Uses up the nonce and counts the quota. Only for transactions that passed checkSigner with a fresh nonce. */
export function consume(state: StateWriter, { transaction, length }: VerifiedTransaction, nowMs: bigint): void {
  const { account, key, nonce } = transaction;
  const sender = readSender(state, account, epochAt(state, nowMs));
  const window = { key, ...useNonce(windowOf(sender, key) ?? NEW_WINDOW, nonce) };
  const windows = [...sender.windows.filter((other) => other.key !== key), window].sort((left, right) =>
    left.key < right.key ? -1 : 1,
  );
  const counted = { transactions: sender.transactions + 1n, bytes: sender.bytes + BigInt(length) };
  state.write(machineTables.senders, account, { epoch: sender.epoch, ...counted, windows });
}

/** Counts an account that was created. */
export function countCreation(state: StateWriter, nowMs: bigint): void {
  const globals = state.read(machineTables.globals, 0n) ?? NO_GLOBALS;
  const epoch = epochAt(state, nowMs);
  const created = globals.createEpoch === epoch ? globals.created + 1n : 1n;
  state.write(machineTables.globals, 0n, { ...globals, createEpoch: epoch, created });
}

/** Signed by the named key and with an unused nonce: then even a refusal uses the nonce up, so that it is final. */
export function isConsuming(state: StateReader, verified: VerifiedTransaction): boolean {
  const { transaction } = verified;
  if (transaction.method === 'CreateAccount' || checkSigner(state, verified) !== 0) return false;
  const sender = state.read(machineTables.senders, transaction.account) ?? NO_SENDER;
  return checkNonce(windowOf(sender, transaction.key) ?? NEW_WINDOW, transaction.nonce) === 'fresh';
}

function readSender(state: StateReader, account: bigint, epoch: bigint): SenderRecord {
  const sender = state.read(machineTables.senders, account) ?? NO_SENDER;
  return sender.epoch === epoch ? sender : { ...sender, epoch, transactions: 0n, bytes: 0n };
}

function epochAt(state: StateReader, nowMs: bigint): bigint {
  return quotient(nowMs, readParameter(state, 'epochMs'));
}
