import { z } from 'zod';
import { getCatalogue } from '#lib/queries/catalogue.ts';
import { PRICE_BANDS } from '#lib/shared/price-bands.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { pageNumber, readQuery } from '../../_http/query.ts';
import { json } from '../../_http/respond.ts';

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
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The catalogue: `items`, each with `id`. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const read = readQuery(request, filterShape);
    if (!read.ok) return read.response;
    const { items, total, page, pageSize, asOf } = await getCatalogue(withoutNul(read.value));
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
