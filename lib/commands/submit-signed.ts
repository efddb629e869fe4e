import 'server-only';
import { findMethod } from '#ledger/contracts/definitions.ts';
import { TRANSACTION_BYTES_MAX } from '#ledger/core/transaction.ts';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { portalCodes } from '#lib/errors.ts';
import { decodeSigned, type DecodedTransaction } from '#lib/ledger-client.ts';
import { claimKey, recordAnswer } from '#lib/operations/idempotency.ts';
import { waitForHeight } from '#lib/queries/network.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { decideTransaction, refusal } from './decide-transaction.ts';

export interface SignedSubmission {
  /** The method that the form is about; anything else that was signed is refused. */
  method: string;
  /** Encoded signed transaction, hex. */
  signedHex: string;
  /** Chosen by the browser for one press of the button; a repetition gets the first answer. */
  idempotencyKey: string;
}

/** Of a signed transaction as hex, without 0x. */
export const SIGNED_HEX_LENGTH_MAX = 2 * TRANSACTION_BYTES_MAX;

const IDEMPOTENCY_KEY_PATTERN = /^[A-Za-z0-9_-]{8,100}$/;

/** Hex of a signed transaction that is of the form's method and the session's own; else why it is not. */
function readSubmission(submission: SignedSubmission, viewer: Viewer): DecodedTransaction | CommandResult {
  const { method, signedHex, idempotencyKey } = submission;
  const isText = typeof signedHex === 'string' && typeof idempotencyKey === 'string';
  if (!isText || !IDEMPOTENCY_KEY_PATTERN.test(idempotencyKey)) return refusal(portalCodes.INPUT_INVALID);
  if (signedHex.length > SIGNED_HEX_LENGTH_MAX) return refusal(portalCodes.BODY_TOO_LARGE);
  const decoded = decodeSigned(signedHex);
  if (!decoded.ok) return refusal(decoded.code);
  const { transaction } = decoded.value.signed;
  if (transaction.method !== method) return refusal(portalCodes.METHOD_MISMATCH);
  if (viewer.kind !== 'person') return refusal(portalCodes.SIGN_IN_REQUIRED);
  const account = method === 'CreateAccount' ? 0 : viewer.account?.id;
  const isOwn =
    decoded.value.signer === viewer.address && account !== undefined && transaction.account === BigInt(account);
  return isOwn ? decoded.value : refusal(portalCodes.SIGNER_NOT_SESSION);
}

/**
 * The way of every write: authorise, decode strictly what was signed, check that it is this method by this session's account, submit
 * once per idempotency key, await the ledger's decision (≤ 10 s), and wait until the read model shows it (≤ 5 s).
 */
export async function submitSigned(submission: SignedSubmission): Promise<CommandResult> {
  const method = findMethod(submission.method);
  if (method === undefined) return refusal(portalCodes.INPUT_INVALID);
  const access = await authorize(method.name);
  if (!access.ok) return refusal(access.reason === 'sign-in' ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED);
  const read = readSubmission(submission, access.viewer);
  if ('ok' in read) return read;
  const address = access.viewer.kind === 'person' ? access.viewer.address : '';
  if ((await admitRequest('submit', address)) > 0) return refusal(portalCodes.RATE_LIMITED);
  const request = { address, key: submission.idempotencyKey, tx: read.tx };
  const claim = await claimKey(request);
  if (claim.state === 'conflict') return refusal(portalCodes.IDEMPOTENCY_CONFLICT);
  if (claim.state === 'answered') return claim.result;
  const decided = await decideTransaction(read);
  if (decided.state !== 'decided') return decided.result;
  await recordAnswer(request, decided.result);
  await waitForHeight(decided.height);
  return decided.result;
}
