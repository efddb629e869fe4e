import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import { StorageAccessPanel } from './access-panel.tsx';

const END_MS = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;
const link = { url: 'https://room.example/v1/agreements/12', token: 'ab'.repeat(32) };

/** What of an order the panel reads. */
const order = {
  id: 12,
  ways: storeWaysTerms(BigInt(DAY_MS)),
  sealed: { descriptor: '', encryptionKey: '', issue: 2, gateway: 'https://room.example' },
  stored: null,
  continues: null,
  continuedBy: null,
} as unknown as OrderDetail;

function markupOf(part: Partial<OrderDetail>, isRunning: boolean): string {
  const panel = (
    <StorageAccessPanel
      order={{ ...order, ...part }}
      link={link}
      isRunning={isRunning}
      estimate={undefined}
      onUsed={() => Promise.resolve()}
    />
  );
  return renderToStaticMarkup(panel);
}

test('while an order runs its panel says how programs reach the bucket, and holds the secret nowhere in the page', () => {
  const markup = markupOf({}, true);
  for (const words of ['https://room.example', 'order-12', 'order12link2', 'interpool', 'path style', 'rclone'])
    expect(markup).toContain(words);
  for (const words of [
    'List the objects',
    'Upload files',
    'from then on every call is refused',
    'for 1 day, then it is erased',
  ])
    expect(markup).toContain(words);
  expect(markup).not.toContain(link.token);
});

test('an order that continues another names no bucket before its gateway has said which, and one that was continued says where it went', () => {
  const markup = markupOf({ continues: 7 }, true);
  expect(markup).toContain('Asking the gateway');
  expect(markup).not.toMatch(/order-12|order-7/);
  expect(markupOf({ continuedBy: 15, stored: { untilMs: END_MS, erasedAtMs: null } }, false)).toContain(
    'went on with O-15',
  );
});

test('after the end it says until when what was stored stays, and then that it is erased', () => {
  const ended = markupOf({ stored: { untilMs: END_MS + DAY_MS, erasedAtMs: null } }, false);
  expect(ended).toContain('stays at the provider until 24 Nov 2026, 12:00:00 UTC, then it is erased');
  const erased = markupOf({ stored: { untilMs: END_MS + DAY_MS, erasedAtMs: END_MS + DAY_MS + 1_000 } }, false);
  expect(erased).toContain('reported at 24 Nov 2026, 12:00:01 UTC that what was stored is erased');
  for (const markup of [ended, erased]) expect(markup).not.toMatch(/Upload|order12link2|abab/);
});
