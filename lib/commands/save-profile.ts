import 'server-only';
import { z } from 'zod';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { profileCommitment } from '#lib/ledger-client.ts';
import { storeProfile } from '#lib/operations/profiles.ts';
import { findCommitment } from '#lib/queries/commitment.ts';

const profileShape = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(80)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u)
    .refine((name) => name.trim() === name)
    // What nobody sees makes two names look like one.
    .refine((name) => visibleText(name) === name),
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  isPublic: z.boolean(),
});

/** `salt` is 32 bytes as hex. The ledger holds SHA-256('interpool/profile/v1' ‖ salt ‖ name in UTF-8) once the owner has signed it. */
export type ProfileInput = z.infer<typeof profileShape>;
export type ProfileResult = { ok: true } | { ok: false; sentence: string };

const refuse = (code: number): ProfileResult => ({ ok: false, sentence: wordsOf(code).sentence });
const NAME_FAULT =
  'The name must have 1 to 80 characters, without characters that nobody sees or white space at its ends.';

/**
 * Keeps the signed-in person's name beside the ledger. It shows once (and while) the commitment that it makes is the one on the ledger:
 * save it before signing CreateAccount or UpdateProfile.
 */
export async function saveProfile(input: ProfileInput): Promise<ProfileResult> {
  const access = await authorize('profile.save');
  if (!access.ok || access.viewer.kind !== 'person') return refuse(portalCodes.SIGN_IN_REQUIRED);
  const parsed = profileShape.safeParse(input);
  if (!parsed.success) return { ok: false, sentence: NAME_FAULT };
  const { address } = access.viewer;
  if ((await admitRequest('profile', address)) > 0) return refuse(portalCodes.RATE_LIMITED);
  const commitment = profileCommitment(parsed.data.name, parsed.data.salt);
  await storeProfile({ address, commitment, ...parsed.data });
  return { ok: true };
}

/**
 * Publishes the name behind an account's commitment without a session: whoever knows name and salt opens the commitment, and only its
 * owner was ever told the salt. False when they do not open it.
 */
export async function openProfile(account: number, input: unknown): Promise<boolean> {
  const parsed = profileShape.omit({ isPublic: true }).safeParse(input);
  if (!parsed.success) return false;
  const standing = await findCommitment(account);
  const commitment = profileCommitment(parsed.data.name, parsed.data.salt);
  if (standing === null || standing.commitment !== commitment) return false;
  await storeProfile({ address: standing.address, commitment, ...parsed.data, isPublic: true });
  return true;
}
