'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { admitRequest } from '#lib/auth/admission.ts';
import { activateSession, keepActiveSession } from '#lib/auth/kept-sessions.ts';
import { refusal } from '#lib/commands/decide-transaction.ts';
import { prepareTransaction } from '#lib/commands/prepare-transaction.ts';
import { SIGNED_HEX_LENGTH_MAX, submitSigned } from '#lib/commands/submit-signed.ts';
import { codeOfFault, portalCodes } from '#lib/errors.ts';
import { getAdmission } from '#lib/queries/admission.ts';
import { search } from '#lib/queries/search.ts';
import { getSigningFacts } from '#lib/queries/wallet.ts';
import type { AdmissionDto, CommandResult, Prepared, SearchHit, SigningFactsDto } from '#lib/shared/dto.ts';
import { DURATION_MS_MAX } from '#ledger/contracts/agreement/definition.ts';
import { LIST_MAX, TERMS_BYTES_MAX } from '#ledger/contracts/shared/terms.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';

const SEARCH_LENGTH_MAX = 120;
const ADDRESS = /^0x[0-9a-f]{40}$/i;

/** The next nonce and validity for a transaction of the session's account. */
export async function prepare(): Promise<Prepared> {
  return prepareTransaction();
}

/** Payees of one signature: an order has sixteen parts at most. */
const payees = z.array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)).max(16);

/** What the dialog before a signature says: the session's own balance, and who the payees are; null without an account. */
export async function lookUp(accounts: number[]): Promise<SigningFactsDto | null> {
  const parsed = payees.safeParse(accounts);
  return parsed.success ? getSigningFacts(parsed.data) : null;
}

const submission = z.object({
  method: z.string().max(64),
  signedHex: z
    .string()
    .max(SIGNED_HEX_LENGTH_MAX)
    .regex(/^(?:[0-9a-f]{2})+$/),
  idempotencyKey: z.uuid(),
});

/**
 * The one way of everything that a person signs on a screen. The page is rendered again once the read model has reached the height of
 * the decision. A database or ledger that goes away on the way is an answer with a sentence; a fault of ours stays one.
 */
export async function submit(method: string, signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  const parsed = submission.safeParse({ method, signedHex, idempotencyKey });
  if (!parsed.success) return refusal(portalCodes.INPUT_INVALID);
  try {
    const result = await submitSigned(parsed.data);
    if (result.ok) refresh();
    return result;
  } catch (error) {
    const code = codeOfFault(error);
    if (code === portalCodes.INTERNAL) throw error;
    return refusal(code);
  }
}

/** A use that is being described: '', 0 and what is not listed are not stated yet. */
const question = z.strictObject({
  resource: z.int().min(1),
  purpose: z.enum(['', ...PURPOSES]),
  field: z.enum(['', ...FIELDS_OF_BUSINESS]),
  durationMs: z.int().min(0).max(Number(DURATION_MS_MAX)),
  choices: z.array(z.strictObject({ name: z.string().max(32), value: z.string().max(TERMS_BYTES_MAX) })).max(LIST_MAX),
  amounts: z.array(z.strictObject({ meter: z.string().max(32), amount: z.int().min(1) })).max(LIST_MAX),
});

/** Asks the contract itself, against committed state, whether an application would be granted, and what of each condition. */
export async function askAdmission(
  asked: unknown,
): Promise<{ ok: true; admission: AdmissionDto } | { ok: false; sentence: string }> {
  const parsed = question.safeParse(asked);
  if (!parsed.success) return { ok: false, sentence: 'The contract cannot be asked about this: check the fields.' };
  const waitS = await admitRequest('judging');
  if (waitS > 0)
    return {
      ok: false,
      sentence: `The contract was asked too often from here: wait ${waitS} s, then change a field to ask again.`,
    };
  const admission = await getAdmission(parsed.data);
  if (!admission) return { ok: false, sentence: 'Only an account can be judged: sign in and create one first.' };
  return { ok: true, admission };
}

/** Orders, resources, transactions, accounts, blocks and pages that the text may mean, as far as the session may know of them. */
export async function find(text: unknown): Promise<SearchHit[]> {
  if (typeof text !== 'string') return [];
  const trimmed = text.trim().slice(0, SEARCH_LENGTH_MAX);
  return trimmed ? search(trimmed) : [];
}

/** Puts the active session aside, so that it goes on to count when another person signs in. */
export async function keepSession(): Promise<void> {
  await keepActiveSession();
}

/** Makes an address active again that is signed in in this browser; false when it has to sign in anew. */
export async function switchPerson(address: unknown): Promise<boolean> {
  if (typeof address !== 'string' || !ADDRESS.test(address)) return false;
  return activateSession(address.slice(2).toLowerCase());
}
