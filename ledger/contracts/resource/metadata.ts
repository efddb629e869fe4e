import { isLine } from '#ledger/contracts/shared/line.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import {
  LICENCE_MAX,
  REGION_MAX,
  SOURCE_ID_MAX,
  SOURCE_URL_MAX,
  SUMMARY_MAX,
  SUSPEND_REASONS,
  TAGS_MAX,
  TAG_MAX,
  TITLE_MAX,
  type ResourceArgs,
} from './definition.ts';

type Words = Pick<
  ResourceArgs<'PublishResource'>,
  'title' | 'summary' | 'tags' | 'region' | 'licence' | 'sourceUrl' | 'sourceId'
>;

export function isSuspendReason(reason: string): boolean {
  return (SUSPEND_REASONS as readonly string[]).includes(reason);
}

/** Bounds of the provider's words (README): lengths, no control characters, distinct tags, an http(s) link or none. */
export function checkWords(words: Words): boolean {
  return (
    isLine(words.title, { lengthMax: TITLE_MAX }) &&
    isText(words.summary, SUMMARY_MAX) &&
    words.tags.length <= TAGS_MAX &&
    new Set(words.tags).size === words.tags.length &&
    words.tags.every((tag) => tag.length <= TAG_MAX && /^[a-z0-9][a-z0-9-]*$/.test(tag)) &&
    isLine(words.region, { lengthMin: 0, lengthMax: REGION_MAX }) &&
    isLine(words.licence, { lengthMin: 0, lengthMax: LICENCE_MAX }) &&
    (words.sourceUrl === '' ||
      (words.sourceUrl.length <= SOURCE_URL_MAX && /^https?:\/\/[!-~]+$/.test(words.sourceUrl))) &&
    words.sourceId.length <= SOURCE_ID_MAX &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(words.sourceId)
  );
}

export function metadataBytes(args: Words & { attributes: readonly Term[] }): number {
  const texts = [
    args.title,
    args.summary,
    ...args.tags,
    args.region,
    args.licence,
    args.sourceUrl,
    args.sourceId,
    ...args.attributes.flatMap(({ name, value }) => [name, value]),
  ];
  return texts.reduce((sum, text) => sum + utf8(text).length, 0);
}

/** Several lines: the line feed is the only control character. */
function isText(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !/[^\P{Cc}\n]/u.test(text);
}
