import { z } from 'zod';
import { portalCodes } from '#lib/errors.ts';
import { getCatalogue } from '#lib/queries/catalogue.ts';
import { PRICE_BANDS } from '#lib/shared/price-bands.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { json, problem } from '../../_http/respond.ts';

const word = z.string().min(1).max(120).optional();
const filterShape = z.strictObject({
  text: z.string().max(200).optional(),
  kind: word,
  accessClass: word,
  region: word,
  format: word,
  price: z.enum(PRICE_BANDS.map(({ name }) => name)).optional(),
  pricing: z.enum(['free', 'use', 'time', 'amount']).optional(),
  sort: z.enum(['relevance', 'newest', 'price', 'size']).optional(),
  page: z
    .string()
    .regex(/^\d{1,6}$/, 'is no page number')
    .transform(Number)
    .optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The catalogue: `items`, each with `id`. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const parsed = filterShape.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return problem(portalCodes.INPUT_INVALID, {
        detail: `${issue?.path.map(String).join('.') ?? 'query'}: ${issue?.message ?? 'invalid'}.`,
      });
    }
    const { items, total, page, pageSize, asOf } = await getCatalogue(withoutNul(parsed.data));
    return json({ items, total, page, pageSize, asOf });
  });
}

/** PostgreSQL holds no U+0000, so no row can match it. */
function withoutNul<Filter extends Record<string, unknown>>(filter: Filter): Filter {
  const entries = Object.entries(filter).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value,
  ]);
  return Object.fromEntries(entries) as Filter;
}
