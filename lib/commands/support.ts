import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { addSupportMessage } from '#lib/operations/support-messages.ts';
import { getSupportMessages } from '#lib/queries/repairs.ts';
import { messageShape } from '#lib/shared/repair.ts';
import type { Answered } from './monitoring.ts';

const refuse = (code: number, sentence = wordsOf(code).sentence) => ({ ok: false, code, sentence }) as const;

/** Says something about an open incident, to the maintainers or to the node's operator: who may not read the thread sees none. */
export async function sendSupportMessage(incident: number, text: unknown): Promise<Answered<null>> {
  const access = await authorize('support.talk');
  if (!access.ok) return refuse(access.reason === 'sign-in' ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED);
  if (access.account === null) return refuse(portalCodes.NOT_ALLOWED);
  if ((await getSupportMessages(incident)) === null) return refuse(portalCodes.NOT_FOUND);
  const message = messageShape.safeParse(text);
  if (!message.success)
    return refuse(
      portalCodes.INPUT_INVALID,
      `The message ${message.error.issues[0]?.message ?? 'is not as it must be'}.`,
    );
  const said = { incident: BigInt(incident), account: BigInt(access.account), text: message.data.trim() };
  if (await addSupportMessage(said)) return { ok: true, value: null };
  return refuse(
    portalCodes.INPUT_INVALID,
    'The incident is closed, or has as many messages as there may be, or you have sent ten within a minute.',
  );
}
