import { z } from 'zod';
import { DEMAND_STATUSES } from '#ledger/contracts/demand/definition.ts';
import { getDemands, getOpenDemands } from '#lib/queries/demands.ts';
import { getDeskDemands } from '#lib/queries/desk.ts';
import { asSomebody } from '../../_http/agent.ts';
import { otherMethods } from '../../_http/methods.ts';
import { pageNumber, readQuery } from '../../_http/query.ts';
import { json } from '../../_http/respond.ts';

const word = z
  .string()
  .min(1)
  .max(120)
  .refine((text) => !text.includes('\0'));
const filterShape = z.strictObject({
  as: z.enum(['customer', 'provider', 'broker']).optional(),
  status: z.enum(DEMAND_STATUSES).optional(),
  kind: word.optional(),
  region: word.optional(),
  unmet: z.enum(['true', 'false']).optional(),
  ageMsMin: z
    .string()
    .regex(/^\d{1,15}$/, 'is no time in milliseconds')
    .transform(Number)
    .optional(),
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One's own demands; `as=provider`: open ones of kinds that one shares, without account and budget; `as=broker`: every open one. */
export async function GET(request: Request): Promise<Response> {
  return asSomebody(request, async () => {
    const read = readQuery(request, filterShape);
    if (!read.ok) return read.response;
    const { as = 'customer', status, kind, region, unmet, ageMsMin, page } = read.value;
    switch (as) {
      case 'customer':
        return json(await getDemands({ status, kind, page }));
      case 'provider':
        return json(await getOpenDemands({ kind, page }));
      case 'broker':
        return json(await getDeskDemands({ kind, region, unmet: unmet === 'true', ageMsMin, page }));
    }
  });
}
