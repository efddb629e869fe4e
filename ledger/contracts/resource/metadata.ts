import {
  LICENCE_MAX,
  REGION_MAX,
  type ResourceArgs,
  SOURCE_ID_MAX,
  SOURCE_URL_MAX,
  SUMMARY_MAX,
  SUSPEND_REASONS,
  TAGS_MAX,
  TAG_MAX,
  TITLE_MAX,
} from './definition.ts';
import { utf8 } from '#ledger/core/bytes.ts';

const COLUMNS_MAX = 512;
const NAME_MAX = 128;
const RANGE_MAX = 256;

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
    isLine(words.title, 1, TITLE_MAX) &&
    isText(words.summary, SUMMARY_MAX) &&
    words.tags.length <= TAGS_MAX &&
    new Set(words.tags).size === words.tags.length &&
    words.tags.every((tag) => tag.length <= TAG_MAX && /^[a-z0-9][a-z0-9-]*$/.test(tag)) &&
    isLine(words.region, 0, REGION_MAX) &&
    isLine(words.licence, 0, LICENCE_MAX) &&
    (words.sourceUrl === '' ||
      (words.sourceUrl.length <= SOURCE_URL_MAX && /^https?:\/\/[!-~]+$/.test(words.sourceUrl))) &&
    words.sourceId.length <= SOURCE_ID_MAX &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(words.sourceId)
  );
}

export function metadataBytes(args: Words & { technical: string }): number {
  const texts = [
    args.title,
    args.summary,
    ...args.tags,
    args.region,
    args.licence,
    args.sourceUrl,
    args.sourceId,
    args.technical,
  ];
  return texts.reduce((sum, text) => sum + utf8(text).length, 0);
}

/** One line: no control character, no white space at its ends. */
function isLine(text: string, lengthMin: number, lengthMax: number): boolean {
  return text.length >= lengthMin && text.length <= lengthMax && !/\p{Cc}/u.test(text) && text.trim() === text;
}

/** Several lines: the line feed is the only control character. */
function isText(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !/[^\P{Cc}\n]/u.test(text);
}

/** Column names of the agent's JSON when it has the agreed shape; undefined otherwise. */
export function readTechnical(text: string): { columns: string[] } | undefined {
  const value = parseJson(text);
  if (!isObject(value) || !hasOnly(value, ['format', 'rows', 'bytes', 'checksum', 'columns'])) return undefined;
  const { format, rows, bytes, checksum, columns } = value;
  if (!isShort(format, NAME_MAX) || !isCount(rows) || !isCount(bytes) || !isShort(checksum, NAME_MAX)) return undefined;
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > COLUMNS_MAX) return undefined;
  const names: string[] = [];
  for (const column of columns as unknown[]) {
    if (!isObject(column) || !hasOnly(column, ['name', 'type', 'nulls', 'min', 'max'])) return undefined;
    if (!isShort(column.name, NAME_MAX) || !isShort(column.type, NAME_MAX) || !isCount(column.nulls)) return undefined;
    if (!isRangeEnd(column.min) || !isRangeEnd(column.max)) return undefined;
    names.push(column.name);
  }
  return new Set(names).size === names.length ? { columns: names } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}

function isShort(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax && !/\p{Cc}/u.test(value);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Value ranges are opt-in: absent or null when the provider keeps them back. */
function isRangeEnd(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'number' ||
    (typeof value === 'string' && value.length <= RANGE_MAX)
  );
}
