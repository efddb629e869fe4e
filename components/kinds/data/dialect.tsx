import type { Dialect } from '#ledger/contracts/kinds/data.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
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
