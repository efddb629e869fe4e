import {
  dataWaysTerms,
  FORMATS,
  readDataSet,
  readDataWays,
  type Column,
  type DataSet,
  type DataWays,
} from '#ledger/contracts/kinds/data.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { areTerms, TERMS_BYTES_MAX, termOf } from '#ledger/contracts/shared/terms.ts';
import { assert } from '#ledger/core/assert.ts';
import { formatCount } from '#components/ui/format.ts';
import { filterFault, type FilterColumn } from './row-filter.ts';
import type { KindDraft, ParsedTerms } from '#components/kinds/kind.ts';
import type { TermDto } from '#lib/shared/dto.ts';

/** The description of a data set that the ledger took. */
export function dataSetOf(attributes: readonly TermDto[]): DataSet {
  const dataSet = readDataSet(attributes);
  assert(dataSet, 'the ledger takes a data set only with sound attributes');
  return dataSet;
}

export function columnsOf(attributes: readonly TermDto[]): readonly Column[] {
  return dataSetOf(attributes).columns;
}

/** What the ledger took as shared of a data set. */
export function dataWaysOf(ways: readonly TermDto[]): DataWays {
  const shared = readDataWays(ways);
  assert(shared, 'the ledger takes the ways of a data set only when they are sound');
  return shared;
}

export function formatOf(choices: readonly TermDto[]): string {
  return termOf(choices, 'format') ?? '';
}

const textIn = (draft: KindDraft, name: string): string => (typeof draft[name] === 'string' ? draft[name] : '');
const listIn = (draft: KindDraft, name: string): readonly string[] => {
  const value = draft[name];
  return typeof value === 'string' || value === undefined ? [] : value;
};

/** The draft of what is shared, by its fields. */
export function waysIn(draft: KindDraft): {
  columns: readonly string[];
  formats: readonly string[];
  rowFilter: string;
} {
  return {
    columns: listIn(draft, 'columns'),
    formats: listIn(draft, 'formats'),
    rowFilter: textIn(draft, 'rowFilter'),
  };
}

export const FIRST_WAYS: KindDraft = { columns: [], formats: ['csv'], rowFilter: '' };

export function waysDraft(ways: readonly TermDto[]): KindDraft {
  return { ...dataWaysOf(ways) };
}

/** Chosen columns in the order of the source, all of them where none remains; the draft keeps which there are, for what names them. */
export function fitWays(draft: KindDraft, attributes: readonly TermDto[]): KindDraft {
  const names = columnsOf(attributes).map(({ name }) => name);
  const chosen = names.filter((name) => waysIn(draft).columns.includes(name));
  const types = columnsOf(attributes).map(({ type }) => type);
  return { ...draft, columns: chosen.length > 0 ? chosen : names, offered: names, types };
}

/** Columns of the tested source as the draft keeps them; none before a test. */
function offeredColumns(draft: KindDraft): FilterColumn[] {
  const types = listIn(draft, 'types');
  return listIn(draft, 'offered').map((name, at) => ({ name, type: types[at] ?? '' }));
}

/** Line breaks and tabs between the parts of a JSON text mean nothing, and the ledger takes no control characters. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\n\r\t]/g, ' ').trim();
}

export function parseWays(draft: KindDraft): ParsedTerms {
  const errors: Record<string, string> = {};
  const { columns, formats, rowFilter } = waysIn(draft);
  const filter = onOneLine(rowFilter);
  if (formats.length === 0) errors.formats = 'Offer at least one format.';
  if (columns.length === 0) errors.columns = 'Share at least one column.';
  const fault = filterFault(filter, offeredColumns(draft));
  if (fault !== undefined) errors.rowFilter = fault;
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const terms = dataWaysTerms({
    columns,
    formats: FORMATS.filter((format) => formats.includes(format)),
    rowFilter: filter,
  });
  if (areTerms(terms)) return { ok: true, terms };
  const longest = columns.toSorted((left, right) => right.length - left.length)[0] ?? '';
  const sentence = `The names of the columns and the row filter may have ${formatCount(TERMS_BYTES_MAX)} bytes together: share fewer columns. The longest name is ${isolatedText(longest)}.`;
  return { ok: false, errors: { columns: sentence } };
}

export function firstChoices(ways: readonly TermDto[]): KindDraft {
  return { format: dataWaysOf(ways).formats[0] ?? '' };
}

export function formatOfDraft(draft: KindDraft): string {
  return textIn(draft, 'format');
}

export function parseChoices(draft: KindDraft): ParsedTerms {
  const format = formatOfDraft(draft);
  if (!FORMATS.some((known) => known === format)) return { ok: false, errors: { format: 'Choose a format.' } };
  return { ok: true, terms: [{ name: 'format', value: format }] };
}
