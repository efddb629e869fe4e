import 'server-only';
import { fromHex } from '#ledger/core/bytes.ts';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize, type Refusal } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { keepClaim, keepReview } from '#lib/operations/sealed-claims.ts';
import { claimShape, reviewShape } from '#lib/shared/identity.ts';
import type { Answered } from './monitoring.ts';

const refuse = (code: number, sentence = wordsOf(code).sentence) => ({ ok: false, code, sentence }) as const;
const notAllowed = (reason: Refusal) =>
  refuse(reason === 'sign-in' ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED);

/** Keeps what a person states, sealed to an operator's program, before the request for it is signed: by its session, or by its own key, as no program of it may ask. */
export async function saveClaim(input: unknown): Promise<Answered<null>> {
  const access = await authorize('identity.state');
  if (!access.ok) return notAllowed(access.reason);
  const { viewer } = access;
  const isProgram = viewer.kind === 'agent' && viewer.key !== 0;
  if (access.account === null || isProgram) return refuse(portalCodes.NOT_ALLOWED);
  const parsed = claimShape.safeParse(input);
  if (!parsed.success) return refuse(portalCodes.INPUT_INVALID);
  if ((await admitRequest('profile', String(access.account))) > 0) return refuse(portalCodes.RATE_LIMITED);
  const { operator, commitment, sealed } = parsed.data;
  const claim = { operator: BigInt(operator), commitment, sealed: fromHex(sealed) ?? new Uint8Array() };
  if (await keepClaim({ account: BigInt(access.account), ...claim })) return { ok: true, value: null };
  return refuse(portalCodes.INPUT_INVALID, 'A request of yours waits for an answer. Take it back first.');
}

/** Keeps what an operator's program asks a person of the operator, sealed to the operator's account. */
export async function saveReview(input: unknown): Promise<Answered<null>> {
  const access = await authorize('identity.judge');
  if (!access.ok) return notAllowed(access.reason);
  if (access.account === null) return refuse(portalCodes.NOT_ALLOWED);
  const parsed = reviewShape.safeParse(input);
  if (!parsed.success) return refuse(portalCodes.INPUT_INVALID);
  const { account, commitment, review } = parsed.data;
  const of = { account: BigInt(account), operator: BigInt(access.account), commitment };
  const isKept = await keepReview({ ...of, review: fromHex(review) ?? new Uint8Array() });
  return isKept ? { ok: true, value: null } : refuse(portalCodes.NOT_FOUND, 'No such request waits for this account.');
}
