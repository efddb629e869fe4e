import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/**
 * What is to be verified, and nothing besides: the name above a verdict, the text in the field and the text that is judged are always
 * those of one subject. Whatever is chosen or typed next takes the place of all three at once.
 */
export interface ReceiptSubject {
  /** A file's, or what stands for a text that was pasted. */
  readonly name: string;
  /** Empty when a file was not read. */
  readonly text: string;
  /** Whether it was handed in to be judged: a text that is still being typed is not. */
  readonly isSubmitted: boolean;
  /** Why there is nothing to judge. */
  readonly sentence: string | undefined;
}

const PASTED = 'the pasted text';

export const NO_RECEIPT: ReceiptSubject = { name: PASTED, text: '', isSubmitted: false, sentence: undefined };

/** A text as it is being typed or pasted. */
export function typedReceipt(text: string): ReceiptSubject {
  return { ...NO_RECEIPT, text };
}

/** Hands in what stands there. */
export function submitReceipt(subject: ReceiptSubject): ReceiptSubject {
  if (subject.text.trim() === '') return { ...subject, sentence: 'Choose or paste a receipt first.' };
  return { ...subject, isSubmitted: true };
}

/** A file that was chosen, read and handed in, or why it was not read. */
export async function chosenReceipt(file: Pick<File, 'name' | 'size' | 'text'>): Promise<ReceiptSubject> {
  const refused = (sentence: string): ReceiptSubject => ({ ...NO_RECEIPT, name: file.name, sentence });
  if (file.size > RECEIPT_CHARACTERS_MAX)
    return refused(`${visibleText(file.name)} is larger than a receipt can be (2 MiB).`);
  try {
    const text = await file.text();
    if (text.trim() === '') return refused(`${visibleText(file.name)} is empty.`);
    return { name: file.name, text, isSubmitted: true, sentence: undefined };
  } catch {
    return refused(
      `${visibleText(file.name)} could not be read: it was moved, or changed since it was chosen. Choose it again.`,
    );
  }
}
