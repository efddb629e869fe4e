import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkWords } from '#ledger/contracts/resource/metadata.ts';
import { EMPTY_WORDS, parseTags, parseWords } from './words.ts';

const draft = {
  ...EMPTY_WORDS,
  source: '0xabc/seattle',
  title: 'Weather',
  tags: 'Weather, Air Quality, weather',
  licence: 'CC BY 4.0',
};
const naughty = path.join(process.env.VECTORS_DIR ?? '../shared/vectors', 'naughty-strings', 'blns.json');

test('tags are told apart and each counted once', () => {
  expect(parseTags('Weather, Air Quality, weather, ')).toEqual(['weather', 'air-quality']);
});

test('each wrong word is named by its field', () => {
  const parsed = parseWords({
    ...EMPTY_WORDS,
    title: 'x'.repeat(121),
    tags: 'Ä',
    region: 'x'.repeat(81),
    sourceUrl: 'javascript:alert(1)',
  });
  expect(parsed.ok ? [] : Object.keys(parsed.errors).sort()).toEqual([
    'licence',
    'region',
    'source',
    'sourceUrl',
    'tags',
    'title',
  ]);
});

test.skipIf(!existsSync(naughty))(
  'whatever hostile text the form lets through, the contract lets through too (skipped where the vectors are missing)',
  () => {
    const texts = JSON.parse(readFileSync(naughty, 'utf8')) as string[];
    for (const text of texts) {
      for (const field of ['title', 'summary', 'tags', 'region', 'licence', 'sourceUrl'] as const) {
        const parsed = parseWords({ ...draft, [field]: text });
        if (parsed.ok) expect(checkWords({ ...parsed.words, sourceId: 'seattle' }), `${field}: ${text}`).toBe(true);
      }
    }
  },
);
