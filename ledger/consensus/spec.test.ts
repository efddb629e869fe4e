import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = import.meta.dirname;
const LINE = /\b[LA]\d+\b/g;

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/** Lines that head a row of a table of spec.md. */
function specLines(): string[] {
  return [...read('spec.md').matchAll(/^\| ([LA]\d+) \|/gm)].map((match) => match[1] ?? '');
}

function citedIn(text: string): Set<string> {
  return new Set(text.match(LINE) ?? []);
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
const code = files.filter((name) => !name.endsWith('.test.ts') && name !== 'step-table.ts');
const tests = files.filter((name) => name.endsWith('.test.ts') && name !== 'spec.test.ts');

/** "L36 – L43" stands for what lies between. */
function withRanges(text: string): string {
  return text.replace(/L(\d+)\s*–\s*L(\d+)/g, (_, from: string, to: string) => {
    const lines = Array.from({ length: Number(to) - Number(from) + 1 }, (_unused, index) => `L${Number(from) + index}`);
    return lines.join(' ');
  });
}

/** What the steps say they show (`lines: '…'`), and what titles of other tests cite in parentheses. */
function shownBy(text: string): Set<string> {
  const shown = [...text.matchAll(/lines: '([^']*)'/g), ...text.matchAll(/\(([LA\d ]+)\) \[8\.2\.1-a\]/g)];
  return citedIn(shown.map((match) => match[1] ?? '').join(' '));
}

describe('the specification', () => {
  it('has every line of the paper, L1 to L67, and numbers its additions without a gap [8.2.1-a]', () => {
    const lines = specLines();
    const additions = lines.filter((line) => line.startsWith('A'));
    expect(lines.slice(0, 67)).toEqual(Array.from({ length: 67 }, (_, index) => `L${index + 1}`));
    expect(additions).toEqual(Array.from({ length: additions.length }, (_, index) => `A${index + 1}`));
    expect(lines).toHaveLength(67 + additions.length);
  });

  it('has no line that no code cites, and code cites none that does not exist [8.2.1-a]', () => {
    const cited = citedIn(withRanges(code.map(read).join('\n')));
    expect(specLines().filter((line) => !cited.has(line))).toEqual([]);
    expect([...cited].filter((line) => !specLines().includes(line))).toEqual([]);
  });

  it('has no line that no step of a test shows, and no step shows one that does not exist [8.2.1-a]', () => {
    const shown = shownBy(tests.map(read).join('\n'));
    expect(specLines().filter((line) => !shown.has(line))).toEqual([]);
    expect([...shown].filter((line) => !specLines().includes(line))).toEqual([]);
  });
});
