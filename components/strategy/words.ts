import { formatCount } from '#components/ui/format.ts';
import {
  LICENCE_MAX,
  REGION_MAX,
  SOURCE_URL_MAX,
  SUMMARY_MAX,
  TAG_MAX,
  TAGS_MAX,
  TITLE_MAX,
} from '#ledger/contracts/resource/definition.ts';

/** What the wizard's first step holds. */
export interface WordsDraft {
  /** Address of the agent and id of its source, as one choice: `0x…/source-id`. */
  source: string;
  title: string;
  summary: string;
  /** Separated by commas. */
  tags: string;
  region: string;
  licence: string;
  sourceUrl: string;
}

export const EMPTY_WORDS: WordsDraft = {
  source: '',
  title: '',
  summary: '',
  tags: '',
  region: '',
  licence: '',
  sourceUrl: '',
};

export interface Words {
  title: string;
  summary: string;
  tags: string[];
  region: string;
  licence: string;
  sourceUrl: string;
}

export type WordErrors = Partial<Record<keyof WordsDraft, string>>;

const TAG = /^[a-z0-9][a-z0-9-]*$/;

/** Lower-case tags from a line of text, each once. */
export function parseTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().toLowerCase().replaceAll(/\s+/g, '-'));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

function isLine(text: string, lengthMin: number, lengthMax: number): boolean {
  return text.length >= lengthMin && text.length <= lengthMax && !/\p{Cc}/u.test(text);
}

/** The words as the contract takes them, or what is wrong with each field. */
export function parseWords(draft: WordsDraft): { ok: true; words: Words } | { ok: false; errors: WordErrors } {
  const errors: WordErrors = {};
  const words: Words = {
    title: draft.title.trim(),
    summary: draft.summary.replaceAll('\r\n', '\n').trim(),
    tags: parseTags(draft.tags),
    region: draft.region.trim(),
    licence: draft.licence.trim(),
    sourceUrl: draft.sourceUrl.trim(),
  };
  if (!draft.source) errors.source = 'Choose the source that your agent serves.';
  if (!isLine(words.title, 1, TITLE_MAX)) errors.title = `The title needs 1 to ${TITLE_MAX} characters, on one line.`;
  if (words.summary.length > SUMMARY_MAX || /[^\P{Cc}\n]/u.test(words.summary)) {
    errors.summary = `The summary may have at most ${formatCount(SUMMARY_MAX)} characters, and no control characters but line breaks.`;
  }
  if (words.tags.length > TAGS_MAX) errors.tags = `At most ${TAGS_MAX} tags.`;
  const wrong = words.tags.find((tag) => !TAG.test(tag) || tag.length > TAG_MAX);
  if (wrong !== undefined)
    errors.tags = `“${wrong.slice(0, TAG_MAX)}” is no tag: use letters a to z, digits and hyphens, at most ${TAG_MAX}.`;
  if (!isLine(words.region, 0, REGION_MAX)) errors.region = `The region may have at most ${REGION_MAX} characters.`;
  if (!isLine(words.licence, 1, LICENCE_MAX))
    errors.licence = `Name the licence under which the resource may be used, at most ${LICENCE_MAX} characters.`;
  const isLink = words.sourceUrl.length <= SOURCE_URL_MAX && /^https?:\/\/[!-~]+$/.test(words.sourceUrl);
  if (words.sourceUrl !== '' && !isLink)
    errors.sourceUrl = `The link must begin with https:// or http:// and may have ${SOURCE_URL_MAX} characters, or be empty.`;
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, words };
}
