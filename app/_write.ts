import 'server-only';
import { refresh } from 'next/cache';
import { z } from 'zod';
import { codeOfFault, portalCodes, wordsOf } from '#lib/errors.ts';
import { waitForHeight } from '#lib/queries/network.ts';
import type { CommandResult } from '#lib/shared/dto.ts';

const submission = z.object({
  /** At most 16 KiB, as hex. */
  signedHex: z.string().regex(/^(?:[0-9a-f]{2}){1,16384}$/),
  idempotencyKey: z.uuid(),
});

type Command = (signedHex: string, idempotencyKey: string) => Promise<CommandResult>;

/**
 * Runs one command for an action: what came from the browser is parsed, and the page is rendered again only once the read model has
 * reached the height of the decision.
 */
export async function write(command: Command, signedHex: unknown, idempotencyKey: unknown): Promise<CommandResult> {
  const parsed = submission.safeParse({ signedHex, idempotencyKey });
  if (!parsed.success) {
    return { ok: false, code: 1, status: 400, sentence: 'The signed transaction is not readable: sign it again.' };
  }
  const result = await run(() => command(parsed.data.signedHex, parsed.data.idempotencyKey));
  if (result.ok) {
    await waitForHeight(result.height);
    refresh();
  }
  return result;
}

/** A database or ledger that goes away under a command is an answer with a sentence; a fault of ours stays one. */
async function run(command: () => Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await command();
  } catch (error) {
    const code = codeOfFault(error);
    if (code === portalCodes.INTERNAL) throw error;
    return { ok: false, code, ...wordsOf(code) };
  }
}
