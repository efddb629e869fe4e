import type { Column as DataColumn, Dialect } from '#ledger/contracts/kinds/data.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import type { Fact, WordFact } from '#components/ui/facts.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { TermDto } from '#lib/shared/dto.ts';
import { rowWeight } from './estimate.ts';
import { filterInWords } from './row-filter.ts';
import { columnsOf, dataSetOf, dataWaysOf, formatOf } from './terms.ts';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
};

/** How a CSV file was read, as one line. */
export function dialectInWords(dialect: Dialect): string {
  const { delimiter, quote, header, encoding, skip, decimal, dateFormat, nulls } = dialect;
  const between = DELIMITERS[delimiter] ?? isolatedText(delimiter);
  const parts = [
    delimiter === '' ? 'one field a line' : `fields between ${between}`,
    quote === '' ? 'no quotes' : `quotes ${quote}`,
    header ? 'the first line names the columns' : 'no line of names',
    ...(skip === 0 ? [] : [`${skip} ${skip === 1 ? 'line' : 'lines'} before it passed over`]),
    encoding.toUpperCase(),
    `decimal ${decimal === '.' ? 'point' : 'comma'}`,
    dateFormat === '' ? 'dates written 2026-01-31' : `dates as ${isolatedText(dateFormat)}`,
    ...(nulls.length === 0 ? [] : [`absent: empty or ${nulls.map(isolatedText).join(', ')}`]),
  ];
  return parts.join(', ');
}

/** What to change where the reading is not what the provider means. */
export function DialectHelp({ dialect }: { dialect: Dialect }) {
  return (
    <Disclosure summary="These are not my columns or values">
      <p className="mb-2 text-sm">
        Say in the agent’s config how the file is read: give its source the part “dialect” with what has to change, and
        “types” for columns whose type has to be another. Start the agent again, then run the test again.
      </p>
      <Code label="How the file was read" text={`"dialect": ${JSON.stringify(dialect, null, 2)}`} />
    </Disclosure>
  );
}

export function dataSize(attributes: readonly TermDto[]): { figure: string; beneath: string } {
  const { rows, bytes } = dataSetOf(attributes);
  return { figure: countOf(rows, 'row'), beneath: formatBytes(bytes) };
}

export function dataFacts(attributes: readonly TermDto[]): Fact[] {
  const dataSet = dataSetOf(attributes);
  const { rows, bytes, columns, format, checksum, dialect } = dataSet;
  const weight = rowWeight(dataSet);
  return [
    {
      name: 'Size',
      value: `${countOf(rows, 'row')}, ${countOf(columns.length, 'column')}, ${formatBytes(bytes)}`,
    },
    { name: 'Stored as', value: <Foreign text={format} /> },
    ...(dialect === undefined ? [] : [{ name: 'Read as', value: dialectInWords(dialect) }]),
    ...(weight === undefined ? [] : [{ name: 'A row in an answer', value: weight }]),
    { name: 'SHA-256 of the data', value: <Id id={checksum} what="checksum" /> },
  ];
}

export function dataWayFacts(ways: readonly TermDto[]): WordFact[] {
  const { formats, columns, rowFilter } = dataWaysOf(ways);
  return [
    { name: 'Formats', value: formats.join(', ') },
    { name: 'Columns', value: columns.map(isolatedText).join(', ') },
    { name: 'Rows', value: filterInWords(rowFilter) },
  ];
}

export function dataChoiceFacts(choices: readonly TermDto[]): Fact[] {
  return [{ name: 'Format', value: formatOf(choices) }];
}

const rangeEnd = (value: DataColumn['min']) =>
  value === undefined || value === null ? (
    <span className="text-muted">not shown</span>
  ) : (
    <Foreign text={String(value)} />
  );

const COLUMNS: readonly Column<DataColumn>[] = [
  {
    key: 'name',
    header: 'Column',
    isRowHeader: true,
    cell: (column) => (
      <span className="font-mono text-[0.8125rem]">
        <Foreign text={column.name} />
      </span>
    ),
  },
  {
    key: 'type',
    header: 'Type',
    cell: (column) => (
      <span className="font-mono text-[0.8125rem]">
        <Foreign text={column.type} />
      </span>
    ),
  },
  { key: 'nulls', header: 'Missing values', align: 'end', cell: (column) => formatCount(column.nulls) },
  { key: 'min', header: 'Smallest', align: 'end', cell: (column) => rangeEnd(column.min) },
  { key: 'max', header: 'Largest', align: 'end', cell: (column) => rangeEnd(column.max) },
];

/** Every column of a data set, as the agent computed it. */
export function DataDetails({ attributes }: { attributes: readonly TermDto[] }) {
  const columns = columnsOf(attributes);
  return (
    <Section title="Columns" aside={`${countOf(columns.length, 'column')}, computed from the data by the agent`}>
      <Table caption="Columns of the data" columns={COLUMNS} rows={columns} rowKey={(column) => column.name} />
    </Section>
  );
}
