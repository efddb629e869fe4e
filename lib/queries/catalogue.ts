import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { CatalogueDto, CatalogueFilter, FacetDto } from '#lib/shared/dto.ts';
import { PRICE_BANDS } from '#lib/shared/price-bands.ts';
import { emptyPage, PAGE_SIZE, pageNumber, pageOf } from './page.ts';
import { toSummaries, type ResourceRow } from './resource-rows.ts';
import { corrected, textConditions, type TextConditions } from './search-words.ts';

const FACET_VALUES_MAX = 50;

type FacetName = FacetDto['name'];
const FACETS: readonly FacetName[] = ['kind', 'accessClass', 'region', 'format', 'price', 'pricing'];

/** The name of the band that a resource's price is in. */
const priceBand = Prisma.sql`CASE ${Prisma.join(
  PRICE_BANDS.map(({ name, untilMicro }) =>
    untilMicro === null
      ? Prisma.sql`ELSE ${name}`
      : Prisma.sql`WHEN r."comparedPriceMicro" <= ${untilMicro} THEN ${name}`,
  ),
  ' ',
)} END`;

/** What a filter asks, with its text as conditions already. */
interface Asked {
  readonly filter: CatalogueFilter;
  readonly text: TextConditions | undefined;
}

/** Conditions of a filter, without those of one facet (so that a facet shows what its other values would give). */
function conditions({ filter, text }: Asked, without?: FacetName): Prisma.Sql {
  // What a suspended node serves is not offered, whatever its owner says.
  const parts = [Prisma.sql`r."status" = 'published' AND r."offSinceMs" IS NULL`];
  if (text !== undefined) parts.push(text.where);
  const { kind, accessClass, region, format, price, pricing } = filter;
  if (kind !== undefined && without !== 'kind') parts.push(Prisma.sql`r."kind" = ${kind}`);
  if (accessClass !== undefined && without !== 'accessClass') parts.push(Prisma.sql`r."accessClass" = ${accessClass}`);
  if (region !== undefined && without !== 'region') parts.push(Prisma.sql`r."region" = ${region}`);
  if (format !== undefined && without !== 'format')
    parts.push(Prisma.sql`r."formats" @> ${JSON.stringify([format])}::jsonb`);
  if (price !== undefined && without !== 'price') parts.push(Prisma.sql`${priceBand} = ${price}`);
  if (pricing !== undefined && without !== 'pricing') parts.push(Prisma.sql`r."pricing" = ${pricing}`);
  return Prisma.join(parts, ' AND ');
}

function order({ filter, text }: Asked): Prisma.Sql {
  switch (filter.sort ?? 'relevance') {
    case 'relevance':
      return text === undefined
        ? Prisma.sql`r."publishedAtMs" DESC, r."id" DESC`
        : Prisma.sql`${text.rank} DESC, r."id" DESC`;
    case 'newest':
      return Prisma.sql`r."publishedAtMs" DESC, r."id" DESC`;
    case 'price':
      return Prisma.sql`r."comparedPriceMicro" ASC, r."id" ASC`;
    case 'size':
      return Prisma.sql`r."size" DESC, r."id" DESC`;
  }
}

/** SQL for the values of a facet. */
function valuesOf(name: FacetName): Prisma.Sql {
  if (name === 'format') return Prisma.sql`jsonb_array_elements_text(r."formats")`;
  return name === 'price' ? priceBand : Prisma.raw(`r."${name}"`);
}

async function facet(asked: Asked, name: FacetName): Promise<FacetDto> {
  const where = conditions(asked, name);
  const value = valuesOf(name);
  const values = await database().$queryRaw<{ value: string; count: bigint }[]>`
    SELECT value, count(*) AS count FROM (SELECT ${value} AS value FROM ${readModel.resources} r WHERE ${where}) found
    GROUP BY value ORDER BY count DESC, value LIMIT ${FACET_VALUES_MAX}`;
  const counted = values.map((row) => ({ value: row.value, count: Number(row.count) }));
  const place = ({ value }: { value: string }): number => PRICE_BANDS.findIndex((band) => band.name === value);
  return { name, values: name === 'price' ? counted.toSorted((left, right) => place(left) - place(right)) : counted };
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
  const isTextAsked = filter.text !== undefined && filter.text.trim() !== '';
  const asked = { filter, text: isTextAsked ? await textConditions(filter.text ?? '') : undefined };
  const where = conditions(asked);
  const [rows, counted, ...facets] = await Promise.all([
    database().$queryRaw<ResourceRow[]>`SELECT ${COLUMNS} FROM ${readModel.resources} r WHERE ${where}
      ORDER BY ${order(asked)} LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`,
    database().$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM ${readModel.resources} r WHERE ${where}`,
    ...FACETS.map((name) => facet(asked, name)),
  ]);
  const page = await pageOf(await toSummaries(rows), Number(counted[0]?.total ?? 0n), number);
  return { ...page, facets };
}

/** What somebody who mistyped a text may have meant, by the words that there are; null when there is nothing better. For a text that finds nothing. */
export async function getCorrection(text: string): Promise<string | null> {
  if (!(await authorize('catalogue.read')).ok) return null;
  return (await corrected(text)) ?? null;
}
