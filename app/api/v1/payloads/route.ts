import { savePayload } from '#lib/commands/save-payload.ts';
import { portalCodes } from '#lib/errors.ts';
import { asReader } from '../../_http/agent.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { readPayload } from '../../_http/read.ts';
import { json, problem } from '../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Keeps the ciphertext of a program with its inputs for the agents that will run it, and answers its SHA-256; the same bytes again, the same. */
export async function POST(request: Request): Promise<Response> {
  return limited('upload', async () => {
    const body = await readPayload(request);
    if (!body.ok) return body.response;
    const save = async (): Promise<Response> => {
      const saved = await savePayload(body.value);
      if (saved.ok) return json({ digest: saved.digest }, 201);
      return saved.code === portalCodes.INPUT_INVALID
        ? problem(saved.code, { detail: 'The body is no ciphertext with its nonce and tag; nothing was stored.' })
        : problem(saved.code);
    };
    return asReader(request, save, body.value);
  });
}
