import { z } from 'zod';
import { portalCodes } from '#lib/errors.ts';
import { problem } from './respond.ts';

/** A page's number in an address. */
export const pageNumber = z
  .string()
  .regex(/^\d{1,6}$/, 'is no page number')
  .transform(Number);

/** What stands behind the `?`, read strictly; or the problem that names the first field that is wrong. */
export function readQuery<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
): { readonly ok: true; readonly value: z.infer<Shape> } | { readonly ok: false; readonly response: Response } {
  const parsed = shape.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const detail = `${issue?.path.map(String).join('.') ?? 'query'}: ${issue?.message ?? 'invalid'}.`;
  return { ok: false, response: problem(portalCodes.INPUT_INVALID, { detail }) };
}
