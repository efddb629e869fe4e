import { expect, test } from 'vitest';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { chosenReceipt, NO_RECEIPT, submitReceipt, typedReceipt } from './receipt-subject.ts';

const fileOf = (name: string, text: string, size = text.length) => ({ name, size, text: () => Promise.resolve(text) });

test('a file that is refused leaves nothing of the one before it: no text, no name, nothing to judge', async () => {
  const first = await chosenReceipt(fileOf('receipt.json', '{}'));
  expect(first).toMatchObject({ name: 'receipt.json', text: '{}', isSubmitted: true });
  const tooLarge = fileOf('film.json', '{}', RECEIPT_CHARACTERS_MAX + 1);
  const gone = { ...fileOf('gone.json', ''), text: () => Promise.reject(new Error('NotReadableError')) };
  for (const file of [tooLarge, gone, fileOf('empty.json', ' ')]) {
    const next = await chosenReceipt(file);
    expect(next).toMatchObject({ name: file.name, text: '', isSubmitted: false });
    expect(next.sentence).toContain(file.name);
    // The button beside it has nothing of the first file to judge either.
    expect(submitReceipt(next).isSubmitted).toBe(false);
  }
});

test('a text that is changed is not judged, and bears no file’s name, until it is handed in', () => {
  expect(typedReceipt('{ }')).toMatchObject({ name: NO_RECEIPT.name, isSubmitted: false });
  expect(submitReceipt(typedReceipt('{ }'))).toMatchObject({ text: '{ }', isSubmitted: true });
});
