import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { ForeignSentence } from './foreign.tsx';

test('words that the ledger sets apart are shown apart, whole, and without marks; what hides in a sentence is still marked [I.2-7]', () => {
  const markup = renderToStaticMarkup(
    <ForeignSentence
      text={`Its region is ${isolatedText('US-WA')}; asked for is ${isolatedText('Now\u202ehere')}.\u202e`}
    />,
  );
  expect(markup).toContain('<bdi>US-WA</bdi>');
  expect(markup).toContain('<bdi>Now\ufffdhere</bdi>');
  expect(markup.replaceAll(/<[^>]+>/g, '')).toBe('Its region is US-WA; asked for is Now\ufffdhere.\ufffd');
  // A mark without its partner sets nothing apart.
  expect(renderToStaticMarkup(<ForeignSentence text={'a\u2068b'} />).replaceAll(/<[^>]+>/g, '')).toBe('a\ufffdb');
});
