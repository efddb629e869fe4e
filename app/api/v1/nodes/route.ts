import { z } from 'zod';
import { NODE_CLASSES, REGISTERED_STATUSES } from '#ledger/contracts/node/definition.ts';
import { getAccessRules, getRegister } from '#lib/queries/nodes.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { pageNumber, readQuery } from '../../_http/query.ts';
import { json } from '../../_http/respond.ts';

const filterShape = z.strictObject({
  class: z.enum(NODE_CLASSES).optional(),
  status: z.enum([...REGISTERED_STATUSES, 'waiting', 'validating', 'leaving', 'standing-down', 'returning']).optional(),
  /** A part of the name. PostgreSQL holds no U+0000. */
  text: z
    .string()
    .max(64)
    .refine((text) => !text.includes('\0'), 'must not hold a NUL')
    .optional(),
  operator: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'is no number of an account')
    .transform(Number)
    .optional(),
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The register of nodes: `items`, each with `id`; and the rules by which nodes are admitted. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const read = readQuery(request, filterShape);
    if (!read.ok) return read.response;
    const [register, accessRules] = await Promise.all([getRegister(read.value), getAccessRules()]);
    return json({ ...register, accessRules });
  });
}
