import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeDefinitions, definitions, methods, PARAMETERS } from '#ledger/contracts/definitions.ts';
import { contractsPage } from './contracts.ts';
import { table } from './markdown.ts';
import { pages } from './pages.ts';
import { visibilityPage } from './visibility.ts';

const events = Object.values(definitions).flatMap(({ events: own }) => Object.keys(own));

describe('pages made from the definitions', () => {
  test.each(Object.entries(pages))(
    '%s says what the definitions say: npm run generate:docs writes it',
    (path, page) => {
      expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(page());
    },
  );

  test('every method, event, code and parameter stands in the contracts', () => {
    const lines = new Set(contractsPage().split('\n'));
    for (const name of [...methods.map((method) => method.name), ...events]) expect(lines).toContain(`#### ${name}`);
    const text = contractsPage();
    for (const { code, status, sentence } of codeDefinitions)
      expect([code, text.includes(`| ${status} | ${sentence} |`)]).toEqual([code, true]);
    for (const parameter of PARAMETERS) expect(text).toContain(`| \`${parameter}\` |`);
  });

  /** Methods whose fields name parts of several providers. */
  const OF_SEVERAL = ['PlaceOrder', 'ChoosePlan', 'ProposePlan'];

  test('every field of every method and event has its readers, the sealed and the private ones as such [7.2.5-b]', () => {
    const rows = visibilityPage()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(' | '));
    const readersOf = (name: string, field: string): string[] =>
      rows
        .filter(([first, fields]) => first === `| \`${name}\`` && fields?.split(', ').includes(`\`${field}\``))
        .map(([, , readers]) => readers?.replace(/ \|$/, '') ?? '');
    const readable = Object.values(definitions).flatMap(({ methods: own, events: left }) => [
      ...Object.entries(own),
      ...Object.entries(left),
    ]);
    for (const [name, definition] of readable) {
      const { fields, readers, fieldReaders } = definition as {
        fields: object;
        readers: string;
        fieldReaders?: Record<string, string>;
      };
      for (const field of Object.keys(fields))
        expect([name, field, readersOf(name, field)]).toEqual([
          name,
          field,
          [fieldReaders?.[field] ?? (OF_SEVERAL.includes(name) ? 'signer' : readers)],
        ]);
    }
    expect(readersOf('Prepare', 'descriptor')).toEqual(['sealed']);
    expect(readersOf('CapacityChanged', 'agreement')).toEqual(['parties']);
  });

  test('a bar or a line end in a cell does not end the cell', () => {
    expect(table(['a'], [['x | y\nz']])).toEqual(['| a |', '| --- |', '| x \\| y z |', '']);
    expect(table(['a'], [])).toEqual([]);
  });
});
