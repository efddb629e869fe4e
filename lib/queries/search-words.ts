import 'server-only';
import { database, Prisma, readModel } from '#lib/db.ts';
import { placeOf } from '#lib/read-model.ts';
import { nearest } from './nearest-word.ts';

const WORDS_MAX = 8;
const WORD_LENGTH_MAX = 40;
/** Providers that one word may stand for. */
const OWNERS_MAX = 200;
/** Resources, newest first, and words of theirs, among which a word that was mistyped is looked for. */
const VOCABULARY_RESOURCES_MAX = 2_000;
const VOCABULARY_WORDS_MAX = 50_000;

/** Words of a search text: letters and digits only, so that nothing of it is read as an operator; at most 8 of at most 40 characters. */
export function wordsOf(text: string): string[] {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, WORDS_MAX).map((word) => [...word].slice(0, WORD_LENGTH_MAX).join(''));
}

/** The resource that a text names exactly, as R-2; undefined for every other text. */
export function resourceNamed(text: string): bigint | undefined {
  const id = /^\s*R-?(\d{1,15})\s*$/i.exec(text)?.[1];
  return id === undefined ? undefined : BigInt(id);
}

/**
 * What a word is looked for by: its beginning as it stands, so that half a word finds the whole, and its stem, so that one form of a
 * word finds the others.
 */
function wordQuery(word: string): Prisma.Sql {
  const beginning = `${word}:*`;
  return Prisma.sql`(to_tsquery('simple', ${beginning}) || to_tsquery('english', ${beginning}))`;
}

/** A text as conditions on the resources `r`, and by what the best match is found. */
export interface TextConditions {
  readonly where: Prisma.Sql;
  readonly rank: Prisma.Sql;
}

/** Every word has to be in the resource's own texts or in its provider's public name, or the text is the resource's id. */
export async function textConditions(text: string): Promise<TextConditions> {
  const id = resourceNamed(text);
  if (id !== undefined) return { where: Prisma.sql`r."id" = ${id}`, rank: Prisma.sql`0::real` };
  const words = wordsOf(text);
  if (words.length === 0) return { where: Prisma.sql`false`, rank: Prisma.sql`0::real` };
  const owners = await ownersNamed(words);
  const each = words.map((word) => {
    const found = Prisma.sql`r."search" @@ ${wordQuery(word)}`;
    const named = owners.filter((owner) => owner.word === word).map(({ id: owner }) => owner);
    return named.length === 0 ? found : Prisma.sql`(${found} OR r."owner" IN (${Prisma.join(named)}))`;
  });
  const all = Prisma.join(words.map(wordQuery), ' || ');
  return { where: Prisma.join(each, ' AND '), rank: Prisma.sql`ts_rank(r."search", ${all})` };
}

/** Accounts that published something and have a word that begins so in a public name that the ledger holds the commitment of. */
function ownersNamed(words: readonly string[]): Promise<{ word: string; id: bigint }[]> {
  return database().$queryRaw`
    SELECT w."word", a."id" FROM unnest(${[...words]}::text[]) AS w("word")
    JOIN ${publicNames} ON p."name" ~* ('\\m' || w."word")
    WHERE EXISTS (SELECT 1 FROM ${readModel.resources} r WHERE r."owner" = a."id")
    LIMIT ${OWNERS_MAX}`;
}

/** Accounts `a` by their public names `p`. */
const publicNames = Prisma.sql`identity.profiles p JOIN ${readModel.accounts} a
  ON p."isPublic" AND p."address" = a."address" AND p."commitment" = a."profileCommitment"`;

/** Accounts by the words of their public names; every word has to be in the name. */
export function accountsNamed(words: readonly string[], most: number): Promise<{ id: bigint; name: string }[]> {
  const each = words.map((word) => Prisma.sql`p."name" ~* ${`\\m${word}`}`);
  return database().$queryRaw`
    SELECT a."id", p."name" FROM ${publicNames} WHERE ${Prisma.join(each, ' AND ')} ORDER BY a."id" LIMIT ${most}`;
}

/** Words that a search can find something by: those of the newest published resources, as they stand and as stems, and of providers’ names. */
async function vocabulary(): Promise<string[]> {
  const newest = `SELECT "search" FROM ${placeOf('resources')} WHERE "status" = 'published'
    ORDER BY "publishedAtMs" DESC, "id" DESC LIMIT ${VOCABULARY_RESOURCES_MAX}`;
  const [words, names] = await Promise.all([
    database().$queryRaw<{ word: string }[]>`SELECT word FROM ts_stat(${newest}) LIMIT ${VOCABULARY_WORDS_MAX}`,
    database().$queryRaw<{ name: string }[]>`SELECT DISTINCT p."name" FROM ${publicNames}
      WHERE EXISTS (SELECT 1 FROM ${readModel.resources} r WHERE r."owner" = a."id") LIMIT ${VOCABULARY_RESOURCES_MAX}`,
  ]);
  const ofNames = names.flatMap(({ name }) => wordsOf(name.toLowerCase()));
  return [...new Set([...words.map(({ word }) => word), ...ofNames])];
}

/** The text with each word that nothing begins with replaced by the nearest one that there is; undefined when that changes nothing. */
export async function corrected(text: string): Promise<string | undefined> {
  const words = wordsOf(text);
  if (words.length === 0 || resourceNamed(text) !== undefined) return undefined;
  const known = await vocabulary();
  const better = words.map((word) => nearest(word.toLowerCase(), known) ?? word);
  return better.every((word, index) => word === words[index]) ? undefined : better.join(' ');
}
