import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { CatalogueDto, CatalogueFilter, FacetDto } from '#lib/shared/dto.ts';
import { emptyPage, PAGE_SIZE, pageNumber, pageOf } from './page.ts';
import { toSummaries, type ResourceRow } from './resource-rows.ts';

const WORDS_MAX = 8;
const WORD_LENGTH_MAX = 40;
const FACET_VALUES_MAX = 50;

type FacetName = FacetDto['name'];
const FACETS: readonly FacetName[] = ['kind', 'accessClass', 'region', 'format', 'pricing'];

/** 'sea:* & rain:*' of a search text: letters and digits only, so nothing of it is read as an operator. Undefined: no words in it. */
export function textQuery(text: string): string | undefined {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? [];
  const used = words.slice(0, WORDS_MAX).map((word) => `${[...word].slice(0, WORD_LENGTH_MAX).join('')}:*`);
  return used.length === 0 ? undefined : used.join(' & ');
}

/** Conditions of a filter, without those of one facet (so that a facet shows what its other values would give). */
function conditions(filter: CatalogueFilter, without?: FacetName): Prisma.Sql {
  const parts = [Prisma.sql`r."status" = 'published'`];
  if (filter.text !== undefined && filter.text.trim() !== '') {
    const query = textQuery(filter.text);
    parts.push(query === undefined ? Prisma.sql`false` : Prisma.sql`r."search" @@ to_tsquery('english', ${query})`);
  }
  const { kind, accessClass, region, format, pricing } = filter;
  if (kind !== undefined && without !== 'kind') parts.push(Prisma.sql`r."kind" = ${kind}`);
  if (accessClass !== undefined && without !== 'accessClass') parts.push(Prisma.sql`r."accessClass" = ${accessClass}`);
  if (region !== undefined && without !== 'region') parts.push(Prisma.sql`r."region" = ${region}`);
  if (format !== undefined && without !== 'format')
    parts.push(Prisma.sql`r."formats" @> ${JSON.stringify([format])}::jsonb`);
  if (pricing !== undefined && without !== 'pricing') parts.push(Prisma.sql`r."pricing" = ${pricing}`);
  return Prisma.join(parts, ' AND ');
}

function order(filter: CatalogueFilter): Prisma.Sql {
  const query = filter.text === undefined ? undefined : textQuery(filter.text);
  switch (filter.sort ?? 'relevance') {
    case 'relevance':
      return query === undefined
        ? Prisma.sql`r."publishedAtMs" DESC, r."id" DESC`
        : Prisma.sql`ts_rank(r."search", to_tsquery('english', ${query})) DESC, r."id" DESC`;
    case 'newest':
      return Prisma.sql`r."publishedAtMs" DESC, r."id" DESC`;
    case 'price':
      return Prisma.sql`r."comparedPriceMicro" ASC, r."id" ASC`;
    case 'size':
      return Prisma.sql`r."size" DESC, r."id" DESC`;
  }
}

async function facet(filter: CatalogueFilter, name: FacetName): Promise<FacetDto> {
  const where = conditions(filter, name);
  const value = name === 'format' ? Prisma.sql`jsonb_array_elements_text(r."formats")` : Prisma.raw(`r."${name}"`);
  const values = await database().$queryRaw<{ value: string; count: bigint }[]>`
    SELECT value, count(*) AS count FROM (SELECT ${value} AS value FROM ${readModel.resources} r WHERE ${where}) found
    GROUP BY value ORDER BY count DESC, value LIMIT ${FACET_VALUES_MAX}`;
  return { name, values: values.map((row) => ({ value: row.value, count: Number(row.count) })) };
}

/** Every column but the search vector, which Prisma cannot read. */
const COLUMNS = Prisma.raw(
  Object.keys(Prisma.ResourceScalarFieldEnum)
    .map((column) => `r."${column}"`)
    .join(', '),
);

/** Published resources by text and facets, a page at a time, with the counts of every facet under the rest of the filter. */
export async function getCatalogue(filter: CatalogueFilter): Promise<CatalogueDto> {
  if (!(await authorize('catalogue.read')).ok) return { ...(await emptyPage()), facets: [] };
  const number = pageNumber(filter.page);
  const where = conditions(filter);
  const [rows, counted, ...facets] = await Promise.all([
    database().$queryRaw<ResourceRow[]>`SELECT ${COLUMNS} FROM ${readModel.resources} r WHERE ${where}
      ORDER BY ${order(filter)} LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`,
    database().$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM ${readModel.resources} r WHERE ${where}`,
    ...FACETS.map((name) => facet(filter, name)),
  ]);
  const page = await pageOf(await toSummaries(rows), Number(counted[0]?.total ?? 0n), number);
  return { ...page, facets };
}
