import { z } from 'zod';
import { openProfile } from '#lib/commands/save-profile.ts';
import { portalCodes } from '#lib/errors.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { parseBody, readBody } from '../../_http/read.ts';
import { noContent, problem } from '../../_http/respond.ts';

const openingShape = z.strictObject({
  account: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  name: z.string().max(80),
  salt: z.string().max(64),
});

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Publishes the name behind an account's commitment: name and salt must open the one on the ledger. */
export async function POST(request: Request): Promise<Response> {
  return limited('profile', async () => {
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const parsed = parseBody(request, body.value, openingShape);
    if (!parsed.ok) return parsed.response;
    const { account, name, salt } = parsed.value;
    const isOpened = await openProfile(account, { name, salt });
    return isOpened
      ? noContent()
      : problem(portalCodes.INPUT_INVALID, { detail: 'Name and salt do not open the commitment on the ledger.' });
  });
}
